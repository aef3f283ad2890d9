using OrtTrainer.Evaluation;

namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// A rank test of several methods, its p from the chi-squared distribution: an approximation that is poor below five
/// values per group.
/// </summary>
/// <param name="ChiSquared">The statistic, corrected for ties.</param>
/// <param name="DegreesOfFreedom">Groups less one.</param>
/// <param name="P">Probability of a statistic as large.</param>
/// <param name="Note">What is special about it; null for an ordinary test.</param>
internal sealed record GroupRankTest(double ChiSquared, int DegreesOfFreedom, double P, string? Note = null)
{
    private const string AllEqual = "all values are equal";

    /// <summary>Friedman's test (1937): that methods rank alike in every block (task or seed).</summary>
    /// <param name="methods">3 methods or more, each with a value per block in the same order of blocks, 2 blocks or
    /// more.</param>
    /// <exception cref="ArgumentException">Too few methods or blocks, not as many blocks in each, or a value is not a
    /// finite number.</exception>
    public static GroupRankTest Friedman(IReadOnlyList<double[]> methods)
    {
        Samples.CheckGroups(methods, 3);
        (int k, int blocks) = (methods.Count, methods[0].Length);
        if (methods.FirstOrDefault(method => method.Length != blocks) is { } other)
        {
            throw new ArgumentException(
                $"Friedman's test needs a value of every method in every block; found {blocks} and {other.Length}.");
        }

        double[] sums = new double[k];
        double ties = 0;
        for (int block = 0; block < blocks; block++)
        {
            double[] ranks = Ranks.Of(EqualScores.Of([.. methods.Select(method => method[block])]));
            ties += TieTerm(ranks);
            for (int method = 0; method < k; method++)
            {
                sums[method] += ranks[method];
            }
        }

        double correction = 1 - (ties / (k * ((k * (double)k) - 1) * blocks));
        double plain = (12.0 / (k * blocks * (k + 1)) * sums.Sum(sum => sum * sum)) - (3.0 * blocks * (k + 1));
        return Of(plain, correction, k);
    }

    private static double TieTerm(double[] ranks) =>
        ranks.GroupBy(rank => rank).Sum(tie => Math.Pow(tie.Count(), 3) - tie.Count());

    private static GroupRankTest Of(double plain, double correction, int groups)
    {
        if (correction == 0)
        {
            return new(0, groups - 1, 1, AllEqual);
        }

        // Rounding may leave an even ranking a little below zero.
        double statistic = Math.Max(0, plain / correction);
        return new(statistic, groups - 1, Distributions.ChiSquaredUpper(statistic, groups - 1));
    }
}
