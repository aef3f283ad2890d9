using MathNet.Numerics;
using OrtTrainer.Evaluation;

namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// Mann and Whitney's test (1947) of independent samples: that a value of one is as likely above as below a value of
/// the other. Values that are equal up to rounding share the mean of their ranks.
/// </summary>
internal static class MannWhitney
{
    /// <summary>Values of both samples together up to which all divisions are counted.</summary>
    public const int ExactLimit = 100;

    /// <summary>Tests two samples.</summary>
    /// <param name="first">2 values or more.</param>
    /// <param name="second">2 values or more.</param>
    /// <returns>U of the first sample, as in SciPy: pairs in which it is above, ties counting half.</returns>
    /// <exception cref="ArgumentException">A sample is too small, or a value is not a finite number.</exception>
    public static RankTest Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Samples.CheckBoth(first, second);
        double[] ranks = Ranks.Of(EqualScores.Of([.. first, .. second]));
        (int n, int all) = (first.Length, ranks.Length);
        double sum = ranks.Take(n).Sum();
        double u = sum - (n * (n + 1) / 2.0);
        if (ranks.Distinct().Count() == 1)
        {
            return new RankTest(u, 1, NullDistribution.Exact, 1, "all values are equal");
        }

        if (all > ExactLimit)
        {
            return new RankTest(u, NormalP(u, ranks, n), NullDistribution.NormalApproximation, 0);
        }

        double[] ways = Ways(ranks, n);
        double total = ways.Sum();
        int observed = (int)(2 * sum);
        double below = ways.AsSpan(0, observed + 1).ToArray().Sum() / total;
        double above = ways.AsSpan(observed).ToArray().Sum() / total;
        bool tied = ranks.Distinct().Count() < all;
        return new RankTest(
            u,
            Math.Min(1, 2 * Math.Min(below, above)),
            tied ? NullDistribution.ExactWithTies : NullDistribution.Exact,
            Math.Min(1, 2 / SpecialFunctions.Binomial(all, n)));
    }

    /// <summary>For every doubled rank sum, the number of ways to choose <paramref name="n"/> ranks with it.</summary>
    private static double[] Ways(double[] ranks, int n)
    {
        int most = (int)(2 * ranks.Sum());
        double[][] chosen = [.. Enumerable.Range(0, n + 1).Select(_ => new double[most + 1])];
        chosen[0][0] = 1;
        foreach (double rank in ranks)
        {
            int step = (int)(2 * rank);
            // From many to few, so that no rank is chosen twice.
            for (int count = n; count > 0; count--)
            {
                for (int sum = step; sum <= most; sum++)
                {
                    chosen[count][sum] += chosen[count - 1][sum - step];
                }
            }
        }

        return chosen[n];
    }

    /// <summary>With a correction for ties and for continuity, as SciPy's.</summary>
    private static double NormalP(double u, double[] ranks, int n)
    {
        double all = ranks.Length, other = all - n;
        double ties = ranks.GroupBy(rank => rank).Sum(tie => Math.Pow(tie.Count(), 3) - tie.Count());
        double deviation = Math.Sqrt(n * other / 12 * (all + 1 - (ties / (all * (all - 1)))));
        double distance = Math.Max(0, Math.Abs(u - (n * other / 2)) - 0.5);
        return Math.Min(1, 2 * Distributions.NormalCdf(-distance / deviation));
    }
}
