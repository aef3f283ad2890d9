using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Export;

/// <content>An encoder's and a decoder's graph as other software runs them.</content>
public sealed partial class EncoderDecoderExportTests
{
    /// <summary>The encoder has read a batch, padded.</summary>
    private sealed class Graphs : IDisposable
    {
        private readonly GraphSession _encoder;
        private readonly GraphSession _decoder;
        private readonly Binding _encoding;
        private readonly Binding _decoding;
        private readonly long[] _ids;
        private readonly int _rows;
        private readonly int _targets;

        public Graphs(string folder, TokenizedExample[] examples)
        {
            _encoder = GraphSession.FromFile(Path.Combine(folder, "encoder_model.onnx"), TinyClassifier.OneThread);
            _decoder = GraphSession.FromFile(
                Path.Combine(folder, "decoder_model_merged.onnx"), TinyClassifier.OneThread);
            _encoding = _encoder.CreateBinding();
            _decoding = _decoder.CreateBinding();
            _rows = examples.Length;
            _targets = examples.Max(example => example.DecoderIds!.Length);
            _ids = Padded(examples, _targets, example => example.DecoderIds!);
            int length = examples.Max(example => example.InputIds.Length);
            long[] mask = Padded(
                examples, length, example => [.. Enumerable.Repeat(1, example.InputIds.Length)]);
            _encoding.SetInput("input_ids", Padded(examples, length, example => example.InputIds), [_rows, length]);
            _encoding.SetInput("attention_mask", mask, [_rows, length]);
            _encoding.BindOutput("last_hidden_state");
            _encoding.Run();
            _decoding.SetInput("encoder_attention_mask", mask, [_rows, length]);
            _decoding.SetInput(
                "encoder_hidden_states", _encoding.Output("last_hidden_state"),
                _encoding.OutputShape("last_hidden_state"));
            foreach (string output in DecoderOutputs)
            {
                _decoding.BindOutput(output);
            }
        }

        public string[] EncoderInputs => [.. _encoder.Inputs.Select(input => input.Name)];

        public string[] DecoderInputs => [.. _decoder.Inputs.Select(input => input.Name)];

        public string[] DecoderOutputs => [.. _decoder.Outputs.Select(output => output.Name)];

        /// <summary>The logits of all tokens at once, [B, U, V], beside a cache that is not used.</summary>
        /// <param name="pastLength">Tokens that this has.</param>
        public float[] Whole(int pastLength)
        {
            Begin(pastLength);
            _decoding.SetInput("input_ids", _ids, [_rows, _targets]);
            _decoding.Run();
            return _decoding.Output("logits").ToArray();
        }

        /// <summary>The same, each token behind the keys and values of those before it.</summary>
        public float[] TokenByToken()
        {
            Begin(pastLength: 0);
            float[] logits = [];
            for (int token = 0; token < _targets; token++)
            {
                _decoding.SetInput(
                    "input_ids", [.. Enumerable.Range(0, _rows).Select(row => _ids[(row * _targets) + token])],
                    [_rows, 1]);
                _decoding.Run();
                float[] some = _decoding.Output("logits").ToArray();
                int width = some.Length / _rows;
                logits = logits.Length == 0 ? new float[_rows * _targets * width] : logits;
                for (int row = 0; row < _rows; row++)
                {
                    some.AsSpan(row * width, width).CopyTo(logits.AsSpan(((row * _targets) + token) * width));
                }

                foreach (GraphValue past in Past())
                {
                    string present = past.Name.Replace("past_key_values", "present", StringComparison.Ordinal);
                    if (token == 0 || past.Name.Contains("decoder", StringComparison.Ordinal))
                    {
                        _decoding.SetInput(
                            past.Name, _decoding.Output(present).ToArray(), _decoding.OutputShape(present));
                    }
                }

                _decoding.SetInput("use_cache_branch", [true], [1]);
            }

            return logits;
        }

        public void Dispose()
        {
            _encoding.Dispose();
            _decoding.Dispose();
            _encoder.Dispose();
            _decoder.Dispose();
        }

        private void Begin(int pastLength)
        {
            _decoding.SetInput("use_cache_branch", [false], [1]);
            foreach (GraphValue past in Past())
            {
                float[] values = new float[_rows * past.Shape[1] * pastLength * past.Shape[3]];
                Array.Fill(values, 3);
                _decoding.SetInput(past.Name, values, [_rows, past.Shape[1], pastLength, past.Shape[3]]);
            }
        }

        private IEnumerable<GraphValue> Past() =>
            _decoder.Inputs.Where(input => input.Name.StartsWith("past_key_values", StringComparison.Ordinal));

        private static long[] Padded(TokenizedExample[] examples, int width, Func<TokenizedExample, int[]> row) =>
            [.. examples.SelectMany(example =>
                row(example).Concat(Enumerable.Repeat(0, width)).Take(width).Select(id => (long)id))];
    }
}
