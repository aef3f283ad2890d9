namespace OrtTrainer.Studies.Statistics;

/// <summary>Differences of values that belong together, such as scores of two methods with one seed.</summary>
internal static class PairedDifferences
{
    /// <summary>
    /// Second less first, [n]; differences that only rounding tells apart are equal (<see cref="EqualScores"/>).
    /// </summary>
    /// <exception cref="ArgumentException">Lengths differ, n is below 2, or a value is not a finite
    /// number.</exception>
    public static double[] Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Samples.CheckPairs(first, second);
        return EqualScores.Differences(first, second);
    }
}
