using System.Globalization;

namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// A correction of p values for having made several tests: adjusted values in the order given, to be compared with the
/// level itself.
/// </summary>
internal static class MultipleTests
{
    /// <summary>Holm's step-down correction (1979): no false alarm at all, with the level's probability.</summary>
    /// <param name="p">Probabilities, each in [0, 1].</param>
    /// <exception cref="ArgumentException">A value is not a probability.</exception>
    public static double[] Holm(IReadOnlyList<double> p)
    {
        int[] order = Ascending(p);
        double[] adjusted = new double[p.Count];
        double highest = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            highest = Math.Max(highest, Math.Min(1, (order.Length - rank) * p[order[rank]]));
            adjusted[order[rank]] = highest;
        }

        return adjusted;
    }

    /// <summary>Indices by ascending probability; of equal ones the earlier first.</summary>
    private static int[] Ascending(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        for (int i = 0; i < p.Count; i++)
        {
            if (p[i] is not (>= 0 and <= 1))
            {
                throw new ArgumentException(
                    $"p[{i}] is {p[i].ToString(CultureInfo.InvariantCulture)}; expected a probability from 0 to 1.");
            }
        }

        return [.. Enumerable.Range(0, p.Count).OrderBy(i => p[i])];
    }
}
