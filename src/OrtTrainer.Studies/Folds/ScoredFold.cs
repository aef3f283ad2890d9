using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Tasks;

namespace OrtTrainer.Studies.Folds;

/// <summary>A fold with the answers of the model that did not learn from it.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Task">What is learned.</param>
/// <param name="Data">The examples held out.</param>
/// <param name="Labels">The model's labels, in its order.</param>
/// <param name="Metric">What decides.</param>
/// <param name="Scores">Of the exported weights; the examples are <see cref="IScoredExamples"/>.</param>
internal sealed record ScoredFold(
    int Number, ModelTask Task, Dataset Data, IReadOnlyList<string> Labels, Metric Metric, EvaluationScores Scores)
{
    /// <summary>What the model says of each example, [N, K].</summary>
    public double[] ScoreRows { get; } = ((IScoredExamples)Scores.Examples).ScoreRows();
}
