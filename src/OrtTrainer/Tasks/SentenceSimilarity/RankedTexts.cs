using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>Where the positive of each anchor comes among all that it is held against, the nearest first.</summary>
/// <param name="ranks">From 1, [N].</param>
internal sealed class RankedTexts(int[] ranks) : EvaluatedExamples
{
    /// <inheritdoc/>
    public override int Count => ranks.Length;

    /// <summary>The ranks, from 1, [N].</summary>
    public IReadOnlyList<int> Ranks => ranks;

    /// <summary>The share of anchors whose positive comes first.</summary>
    public double FirstShare => ranks.Select(rank => rank == 1 ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The mean of one over the rank.</summary>
    public double MeanReciprocal => ranks.Select(rank => 1.0 / rank).DefaultIfEmpty(double.NaN).Average();

    /// <inheritdoc/>
    public override bool[] Right() => Array.ConvertAll(ranks, rank => rank == 1);

    /// <inheritdoc/>
    public override EvaluatedExamples Select(ReadOnlySpan<int> indices) =>
        new RankedTexts(SelectRows(ranks, 1, indices));
}
