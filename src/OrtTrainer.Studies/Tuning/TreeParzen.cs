using OrtTrainer.Randomness;

namespace OrtTrainer.Studies.Tuning;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl 2011, "Algorithms for hyper-parameter
/// optimization"): densities l of the better trials and g of the others, and of some values drawn from l the one where
/// l / g is greatest, for every setting by itself. Numbers as in Optuna: 10 trials at random first, 24 candidates, a
/// tenth of the trials better, at most 25.
/// </summary>
internal static class TreeParzen
{
    /// <summary>Trials drawn evenly before any is estimated.</summary>
    public const int StartupTrials = 10;

    private const int Candidates = 24, MostBetter = 25;

    /// <summary>Values to try next.</summary>
    /// <param name="dimensions">What is searched.</param>
    /// <param name="trials">Values of the trials so far with a result, in their order, [n][dimensions]; NaN for a
    /// setting that had no part in a trial.</param>
    /// <param name="ranks">The trials' places by result, 0 for the best, [n].</param>
    /// <param name="random">What decides.</param>
    public static double[] Suggest(
        IReadOnlyList<SearchDimension> dimensions, IReadOnlyList<double[]> trials, IReadOnlyList<int> ranks,
        SeededRandom random)
    {
        if (trials.Count < StartupTrials)
        {
            return [.. dimensions.Select(dimension => dimension.Draw(random))];
        }

        int better = Math.Min((int)Math.Ceiling(0.1 * trials.Count), MostBetter);
        double[] values = new double[dimensions.Count];
        for (int at = 0; at < values.Length; at++)
        {
            values[at] = Best(
                dimensions[at].Estimate([.. Of(at, rank => rank < better)]),
                dimensions[at].Estimate([.. Of(at, rank => rank >= better)]), random);
        }

        return values;

        IEnumerable<double> Of(int dimension, Func<int, bool> isWanted) => trials.Index()
            .Where(trial => isWanted(ranks[trial.Index]) && !double.IsNaN(trial.Item[dimension]))
            .Select(trial => trial.Item[dimension]);
    }

    private static double Best(IParzenEstimate better, IParzenEstimate others, SeededRandom random)
    {
        (double value, double gain) best = (double.NaN, double.NegativeInfinity);
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            double value = better.Draw(random);
            double gain = better.LogDensity(value) - others.LogDensity(value);
            if (double.IsNaN(best.value) || gain > best.gain)
            {
                best = (value, gain);
            }
        }

        return best.value;
    }
}
