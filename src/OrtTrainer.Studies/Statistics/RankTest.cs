namespace OrtTrainer.Studies.Statistics;

/// <summary>A two-sided rank test of two samples.</summary>
/// <param name="Statistic">Wilcoxon's W or Mann and Whitney's U.</param>
/// <param name="P">Probability of a statistic as extreme, were the two alike.</param>
/// <param name="Distribution">What the probability was computed from.</param>
/// <param name="LeastP">
/// The smallest p that ranks like these can give, whatever the values: with five pairs 0.0625, so that five seeds never
/// reach 0.05.
/// </param>
/// <param name="Note">What is special about it; null for an ordinary test.</param>
internal sealed record RankTest(
    double Statistic, double P, NullDistribution Distribution, double LeastP, string? Note = null);
