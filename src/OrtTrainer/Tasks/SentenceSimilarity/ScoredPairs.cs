using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>How alike a model finds pairs, beside their scores.</summary>
/// <param name="cosines">[N].</param>
/// <param name="scores">[N].</param>
internal sealed class ScoredPairs(double[] cosines, double[] scores) : EvaluatedExamples
{
    /// <inheritdoc/>
    public override int Count => scores.Length;

    /// <summary>The cosines of the pairs, [N].</summary>
    public ReadOnlySpan<double> Cosines => cosines;

    /// <summary>Their scores, [N].</summary>
    public ReadOnlySpan<double> Scores => scores;

    /// <inheritdoc/>
    public override EvaluatedExamples Select(ReadOnlySpan<int> indices) =>
        new ScoredPairs(SelectRows(cosines, 1, indices), SelectRows(scores, 1, indices));
}
