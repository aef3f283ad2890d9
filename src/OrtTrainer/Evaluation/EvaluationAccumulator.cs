using OrtTrainer.Models;

namespace OrtTrainer.Evaluation;

/// <summary>
/// Takes in a model's outputs on a data set as they are computed, and scores them when all have come. What it keeps is
/// the task's business: a classifier's logits, say, or only sums where an example has 50,000 outputs per token.
/// </summary>
internal abstract class EvaluationAccumulator : IOutputSink
{
    /// <inheritdoc/>
    public abstract void Add(OutputBatch batch);

    /// <summary>The scores of all that was added.</summary>
    /// <param name="metric">The metric that decides.</param>
    public abstract EvaluationScores Score(Metric metric);
}
