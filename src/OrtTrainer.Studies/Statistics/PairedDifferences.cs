namespace OrtTrainer.Studies.Statistics;

/// <summary>Differences of values that belong together, such as scores of two methods with one seed.</summary>
internal static class PairedDifferences
{
    /// <summary>
    /// Second less first, [n]. Differences that only rounding tells apart are returned equal: a spread of 1e-17 would
    /// make a t statistic of any size.
    /// </summary>
    /// <exception cref="ArgumentException">Lengths differ, n is below 2, or a value is not a finite
    /// number.</exception>
    public static double[] Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double[] rounded = WithoutRounding(first, second);
        return rounded.AsSpan().ContainsAnyExcept(rounded[0]) ? Exact(first, second) : rounded;
    }

    /// <summary>
    /// Second less first without the noise of subtraction. Scores such as accuracies are multiples of 1/N, so equal
    /// differences are common; as 0.9 - 0.8 is not 0.4 - 0.3 in binary, ranks would order what is equal.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="Of"/>.</exception>
    public static double[] WithoutRounding(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double[] differences = Exact(first, second);
        double scale = 0;
        for (int i = 0; i < differences.Length; i++)
        {
            scale = Math.Max(scale, Math.Max(Math.Abs(first[i]), Math.Abs(second[i])));
        }

        // A power of two, so that the division and the product are exact.
        double unit = scale == 0 ? 1 : Math.ScaleB(1, Math.ILogB(scale) - 44);
        return Array.ConvertAll(differences, difference => Math.Round(difference / unit) * unit);
    }

    private static double[] Exact(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Samples.CheckPairs(first, second);
        double[] differences = new double[first.Length];
        for (int i = 0; i < differences.Length; i++)
        {
            differences[i] = second[i] - first[i];
        }

        return differences;
    }
}
