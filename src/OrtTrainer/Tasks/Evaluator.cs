using OrtTrainer.Evaluation;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks;

/// <summary>Scores weights on a data set: the task's loss and all of its metrics, one of which decides.</summary>
/// <param name="session">Runs the forward pass; disposed with this.</param>
/// <param name="task">What the outputs mean.</param>
/// <param name="metric">The metric that decides.</param>
internal sealed class Evaluator(EvaluationSession session, ModelTask task, Metric metric) : IDisposable
{
    /// <summary>The forward pass.</summary>
    public EvaluationSession Session => session;

    /// <summary>The metric that decides.</summary>
    public Metric Metric { get; } = metric;

    /// <summary>Makes the statistics of batch normalization anew for weights before they are scored; null where they
    /// are given, or the model has none. Disposed with this.</summary>
    public StatisticsPass? Statistics { get; init; }

    /// <summary>Runs all examples and scores the outputs.</summary>
    /// <param name="weights">Live or averaged weights, whose statistics are made anew.</param>
    /// <param name="data">The examples.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public EvaluationScores Evaluate(
        WeightBuffer weights, EncodedDataset data, CancellationToken cancellation = default)
    {
        Statistics?.Refresh(weights, cancellation);
        EvaluationAccumulator outputs = task.Evaluate(data);
        session.Run(weights, data.Inputs, outputs, cancellation: cancellation);
        return outputs.Score(Metric);
    }

    /// <summary>Lets go of weights that are about to be disposed.</summary>
    public void Forget(WeightBuffer weights)
    {
        session.Forget(weights);
        Statistics?.Forget(weights);
    }

    public void Dispose()
    {
        session.Dispose();
        Statistics?.Dispose();
    }
}
