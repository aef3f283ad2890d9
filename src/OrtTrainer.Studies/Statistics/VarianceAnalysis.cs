namespace OrtTrainer.Studies.Statistics;

/// <summary>One-way analysis of variance (Fisher 1925): that all groups have the same mean.</summary>
/// <param name="F">Variance between groups by variance within them.</param>
/// <param name="Between">Degrees of freedom between groups, k - 1.</param>
/// <param name="Within">Degrees of freedom within groups, N - k.</param>
/// <param name="P">Probability of an F as large; NaN where groups differ and none has any spread.</param>
/// <param name="Note">What is special about it; null for an ordinary test.</param>
internal sealed record VarianceAnalysis(double F, int Between, int Within, double P, string? Note = null)
{
    /// <summary>Tests groups.</summary>
    /// <param name="groups">2 groups or more, each of 2 values or more.</param>
    /// <exception cref="ArgumentException">Too few groups or values, or a value is not a finite number.</exception>
    public static VarianceAnalysis Of(IReadOnlyList<double[]> groups)
    {
        Samples.CheckGroups(groups, 2);
        SampleSummary[] parts = [.. EqualScores.Of(groups).Select(group => SampleSummary.OfMerged(group))];
        int count = parts.Sum(part => part.Count);
        double mean = parts.Sum(part => part.Mean * part.Count / count);
        double between = parts.Sum(part => part.Count * (part.Mean - mean) * (part.Mean - mean));
        double within = parts.Sum(part => (part.Count - 1) * part.Variance);
        (int above, int below) = (parts.Length - 1, count - parts.Length);
        if (within == 0)
        {
            return parts.All(part => part.Mean == parts[0].Mean)
                ? new(0, above, below, 1, "all values are equal")
                : new(double.PositiveInfinity, above, below, double.NaN,
                    "no group has any spread: an analysis of variance is not defined");
        }

        double f = between / above / (within / below);
        return new(f, above, below, Distributions.FUpper(f, above, below));
    }
}
