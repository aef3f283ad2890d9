using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// The padded export as anyone would run it: ONNX Runtime's own session with its defaults but the threads, rows padded
/// to the longest of the batch.
/// </summary>
internal sealed class PlainInference : IInferenceWay
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();

    /// <param name="model">The export.</param>
    /// <param name="threads">Threads of its operators.</param>
    /// <param name="name">What the result calls it.</param>
    public PlainInference(byte[] model, int threads, string name)
    {
        Name = name;
        using SessionOptions settings = new() { IntraOpNumThreads = threads };
        _session = new InferenceSession(model, settings);
    }

    public string Name { get; }

    public float[] Run(IReadOnlyList<TokenizedExample> batch)
    {
        int width = batch.Max(example => example.InputIds.Length);
        long[] ids = new long[batch.Count * width];
        long[] mask = new long[ids.Length];
        long[] types = new long[ids.Length];
        for (int row = 0; row < batch.Count; row++)
        {
            TokenizedExample example = batch[row];
            for (int i = 0, at = row * width; i < example.InputIds.Length; i++, at++)
            {
                (ids[at], mask[at], types[at]) = (example.InputIds[i], 1, example.TokenTypeIds[i]);
            }
        }

        Dictionary<string, OrtValue> inputs = [];
        foreach ((string name, long[] values) in new[]
        {
            (PaddedInputs.InputIds, ids), (PaddedInputs.AttentionMask, mask), (PaddedInputs.TokenTypeIds, types),
        }.Where(input => _session.InputMetadata.ContainsKey(input.Item1)))
        {
            inputs[name] = OrtValue.CreateTensorValueFromMemory(values, [batch.Count, width]);
        }

        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs =
                _session.Run(_options, inputs, [PaddedInputs.Logits]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            foreach (OrtValue input in inputs.Values)
            {
                input.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }
}
