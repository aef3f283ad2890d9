using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>A way from tokens to logits.</summary>
internal interface IInferenceWay : IDisposable
{
    /// <summary>What the result calls it.</summary>
    string Name { get; }

    /// <summary>Runs one batch.</summary>
    /// <returns>Logits [B, K].</returns>
    float[] Run(IReadOnlyList<TokenizedExample> batch);
}

/// <summary>The packed graph with its kernels, as evaluation during training runs it.</summary>
/// <param name="graph">The graph.</param>
/// <param name="weights">Its weights; not disposed here.</param>
/// <param name="execution">Threads and kernels.</param>
internal sealed class PackedInference(PackedGraph graph, WeightBuffer weights, ExecutionOptions execution)
    : IInferenceWay
{
    private readonly EvaluationSession _session = new(graph, execution);

    public string Name => "packed graph, as training evaluates";

    public float[] Run(IReadOnlyList<TokenizedExample> batch)
    {
        Logits logits = new();
        _session.RunBatch(weights, batch, [.. Enumerable.Range(0, batch.Count)], logits);
        return logits.Values;
    }

    public void Dispose() => _session.Dispose();
}

/// <summary>The model of <see cref="Predictor"/>.</summary>
/// <param name="model">The model; disposed with this.</param>
internal sealed class PredictorInference(InferenceModel model) : IInferenceWay
{
    public string Name => "packed graph, as Predictor runs it";

    public float[] Run(IReadOnlyList<TokenizedExample> batch)
    {
        Logits logits = new();
        model.RunBatch(batch, [.. Enumerable.Range(0, batch.Count)], logits);
        return logits.Values;
    }

    public void Dispose() => model.Dispose();
}

/// <summary>Keeps the logits of one batch of sequences.</summary>
internal sealed class Logits : IOutputSink
{
    /// <summary>[B, K].</summary>
    public float[] Values { get; private set; } = [];

    public void Add(OutputBatch batch)
    {
        List<float> values = [];
        for (int i = 0; i < batch.Count; i++)
        {
            values.AddRange(batch[i]);
        }

        Values = [.. values];
    }
}
