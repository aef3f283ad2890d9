using OrtTrainer.Runtime;
using OrtTrainer.Training;

namespace OrtTrainer.Evaluation;

/// <summary>Scores weights on a data set: the task's loss and all of its metrics, one of which decides.</summary>
/// <param name="session">Runs the forward pass; disposed with this.</param>
/// <param name="metric">The metric that decides.</param>
public sealed class Evaluator(EvaluationSession session, MetricKind metric) : IDisposable
{
    /// <summary>The metric that decides.</summary>
    public MetricKind Metric { get; } = metric;

    /// <summary>Runs all examples and scores the outputs.</summary>
    /// <param name="weights">Live or averaged weights.</param>
    /// <param name="data">The examples.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public EvaluationScores Evaluate(
        NativeBuffer weights, EncodedDataset data, CancellationToken cancellation = default)
    {
        float[] logits = session.Logits(weights, data.Examples, data.Source.Outputs, cancellation: cancellation);
        return EvaluationScores.Of(data.Source, logits, Metric);
    }

    /// <summary>Lets go of weights that are about to be disposed.</summary>
    public void Forget(NativeBuffer weights) => session.Forget(weights);

    public void Dispose() => session.Dispose();
}
