using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>The metrics of pairs with a score, of pairs without, and of triplets.</summary>
internal static class SimilarityMetrics
{
    private static readonly Metric[] Scored =
    [
        new ExamplesMetric<ScoredPairs>("spearman", pairs => Correlation.Spearman(pairs.Cosines, pairs.Scores)),
        new ExamplesMetric<ScoredPairs>("pearson", pairs => Correlation.Pearson(pairs.Cosines, pairs.Scores)),
    ];

    private static readonly Metric[] Paired =
    [
        new ExamplesMetric<RankedTexts>("mrr", texts => texts.MeanReciprocal),
        new ExamplesMetric<RankedTexts>("recall_at_1", texts => texts.FirstShare),
    ];

    private static readonly Metric[] Triplets =
        [new ExamplesMetric<RankedTexts>("accuracy", texts => texts.FirstShare)];

    /// <summary>All of them.</summary>
    public static IEnumerable<Metric> All => [.. Scored, .. Paired, .. Triplets];

    /// <summary>Those that are defined for data, that which decides first.</summary>
    /// <param name="scored">Whether pairs have a score.</param>
    /// <param name="texts">Texts per row.</param>
    public static IReadOnlyList<Metric> Of(bool scored, int texts) => scored ? Scored : texts > 2 ? Triplets : Paired;
}
