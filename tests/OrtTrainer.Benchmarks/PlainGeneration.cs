using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Models;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// The padded export with its cache as anyone would run it: ONNX Runtime's own session with its defaults but the
/// threads, prompts padded on the left, and the keys and values of a run handed to the next where they lie.
/// </summary>
internal sealed class PlainGeneration : IGenerationWay
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string[] _past;
    private readonly string[] _outputs;
    private readonly int _vocabulary;

    /// <param name="model">The export.</param>
    /// <param name="threads">Threads of its operators.</param>
    /// <param name="vocabulary">Logits of a token.</param>
    public PlainGeneration(byte[] model, int threads, int vocabulary)
    {
        using SessionOptions settings = new() { IntraOpNumThreads = threads };
        _session = new InferenceSession(model, settings);
        _past = [.. _session.InputNames.Where(PaddedInputs.IsPast)];
        _outputs = [PaddedInputs.Logits, .. _past.Select(PaddedInputs.PresentOf)];
        _vocabulary = vocabulary;
    }

    public string Name => "padded export with a cache, plain ONNX Runtime";

    public int[][] Write(int[][] prompts, int count)
    {
        int[][] written = [.. prompts.Select(_ => new int[count])];
        int rows = prompts.Length, length = prompts.Max(prompt => prompt.Length);
        long[] mask = [.. prompts.SelectMany(prompt => Padded(prompt, length, (_, _) => 1L))];
        long[] ids = [.. prompts.SelectMany(prompt => Padded(prompt, length, (id, _) => (long)id))];
        long[] positions = [.. prompts.SelectMany(prompt => Padded(prompt, length, (_, i) => (long)i))];
        IReadOnlyList<OrtValue> past = [.. _past.Select(name => OrtValue.CreateTensorValueFromMemory(
            Array.Empty<float>(), [rows, _session.InputMetadata[name].Dimensions[1], 0,
                _session.InputMetadata[name].Dimensions[3]]))];
        IDisposable? earlier = null;
        for (int step = 0; step < count; step++)
        {
            int width = ids.Length / rows;
            using OrtValue idValue = OrtValue.CreateTensorValueFromMemory(ids, [rows, width]);
            using OrtValue maskValue = OrtValue.CreateTensorValueFromMemory(mask, [rows, mask.Length / rows]);
            using OrtValue positionValue = OrtValue.CreateTensorValueFromMemory(positions, [rows, width]);
            Dictionary<string, OrtValue> inputs = new()
            {
                [PaddedInputs.InputIds] = idValue, [PaddedInputs.AttentionMask] = maskValue,
            };
            if (_session.InputMetadata.ContainsKey(PaddedInputs.PositionIds))
            {
                inputs[PaddedInputs.PositionIds] = positionValue;
            }

            for (int i = 0; i < _past.Length; i++)
            {
                inputs[_past[i]] = past[i];
            }

            IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_options, inputs, _outputs);
            earlier?.Dispose();
            (earlier, past) = (outputs, [.. outputs.Skip(1)]);
            ReadOnlySpan<float> logits = outputs[0].GetTensorDataAsSpan<float>();
            long[] next = new long[rows], at = new long[rows];
            for (int row = 0; row < rows; row++)
            {
                written[row][step] = TensorPrimitives.IndexOfMax(
                    logits.Slice((((row + 1) * width) - 1) * _vocabulary, _vocabulary));
                (next[row], at[row]) = (written[row][step], positions[((row + 1) * width) - 1] + 1);
            }

            mask = WithOne(mask, rows);
            (ids, positions) = (next, at);
        }

        earlier?.Dispose();
        return written;
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private static IEnumerable<long> Padded(int[] prompt, int length, Func<int, int, long> value) =>
        Enumerable.Repeat(0L, length - prompt.Length).Concat(prompt.Select(value));

    private static long[] WithOne(long[] mask, int rows)
    {
        int width = mask.Length / rows;
        long[] wider = new long[mask.Length + rows];
        for (int row = 0; row < rows; row++)
        {
            mask.AsSpan(row * width, width).CopyTo(wider.AsSpan(row * (width + 1)));
            wider[(row * (width + 1)) + width] = 1;
        }

        return wider;
    }
}
