using OrtTrainer.Evaluation;

namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// Wilcoxon's signed-rank test (1945): that differences of pairs are symmetric about 0. Zero differences are left out,
/// as Wilcoxon did; equal ones share the mean of their ranks.
/// </summary>
internal static class WilcoxonSignedRank
{
    /// <summary>Differences up to which all sign patterns are counted.</summary>
    public const int ExactLimit = 200;

    /// <summary>Tests pairs.</summary>
    /// <param name="first">[n], n 2 or more.</param>
    /// <param name="second">[n], in the same order.</param>
    /// <returns>The smaller of both rank sums, as in SciPy, and its probability.</returns>
    /// <exception cref="ArgumentException">Lengths differ, n is below 2, or a value is not a finite
    /// number.</exception>
    public static RankTest Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second) =>
        OfDifferences(PairedDifferences.Of(first, second));

    /// <summary>Tests differences, [n].</summary>
    internal static RankTest OfDifferences(double[] differences)
    {
        double[] given = [.. differences.Where(difference => difference != 0)];
        if (given.Length == 0)
        {
            return new RankTest(0, 1, NullDistribution.Exact, 1, "all differences are zero");
        }

        double[] ranks = Ranks.Of(Array.ConvertAll(given, Math.Abs));
        double positive = given.Zip(ranks, (difference, rank) => difference > 0 ? rank : 0).Sum();
        double smaller = Math.Min(positive, (given.Length * (given.Length + 1) / 2.0) - positive);
        string? note = given.Length == differences.Length
            ? null
            : $"{differences.Length - given.Length} of {differences.Length} differences are zero and left out";
        if (given.Length > ExactLimit)
        {
            double p = Math.Min(1, 2 * Distributions.NormalCdf(Score(smaller, ranks)));
            return new RankTest(smaller, p, NullDistribution.NormalApproximation, 0, note);
        }

        bool tied = ranks.Distinct().Count() < ranks.Length;
        return new RankTest(
            smaller,
            Math.Min(1, 2 * LowerTail(ranks, smaller)),
            tied ? NullDistribution.ExactWithTies : NullDistribution.Exact,
            Math.Min(1, Math.ScaleB(2, -given.Length)),
            note);
    }

    /// <summary>P(W &lt;= w) where each rank counts or not with probability one half.</summary>
    private static double LowerTail(double[] ranks, double w)
    {
        // Twice a mean of ranks is whole.
        double[] probability = new double[(int)(2 * w) + 1];
        probability[0] = 1;
        foreach (double rank in ranks)
        {
            int step = (int)(2 * rank);
            for (int sum = probability.Length - 1; sum >= 0; sum--)
            {
                probability[sum] = (probability[sum] + (sum >= step ? probability[sum - step] : 0)) / 2;
            }
        }

        return probability.Sum();
    }

    /// <summary>W less its mean, by its standard deviation; the sum of squared ranks takes ties into account.</summary>
    private static double Score(double w, double[] ranks) =>
        (w - (ranks.Sum() / 2)) / (Math.Sqrt(ranks.Sum(rank => rank * rank)) / 2);
}
