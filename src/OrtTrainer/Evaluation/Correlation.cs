namespace OrtTrainer.Evaluation;

/// <summary>
/// Agreement of two series. All coefficients are in [-1, 1], and NaN where one series is constant (or shorter than
/// two), where correlation is not defined.
/// </summary>
internal static class Correlation
{
    /// <summary>Pearson's coefficient: of the values.</summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        CheckLengths(x, y);
        var (meanX, meanY) = (Mean(x), Mean(y));
        var (xx, yy, xy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }

        return IsConstant(x) || IsConstant(y) ? double.NaN : Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1);
    }

    /// <summary>
    /// Spearman's coefficient: Pearson's of the ranks, equal values sharing the mean of their ranks.
    /// </summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        CheckLengths(x, y);
        return Pearson(Ranks.Of(x), Ranks.Of(y));
    }

    /// <summary>
    /// Kendall's tau-b: pairs in the same order less pairs in opposite order, corrected for ties. Counts exchanges in
    /// a merge sort (Knight 1966), so that it takes n log n steps.
    /// </summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static double KendallTauB(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        CheckLengths(x, y);
        var pairs = new (double X, double Y)[x.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = (x[i], y[i]);
        }

        Array.Sort(pairs);
        var tiedInX = TiedPairs(pairs, (a, b) => a.X == b.X);
        var tiedInBoth = TiedPairs(pairs, (a, b) => a == b);
        var byY = Array.ConvertAll(pairs, pair => pair.Y);
        var discordant = SortCountingExchanges(byY, new double[byY.Length]);
        var tiedInY = TiedPairs(byY, (a, b) => a == b);
        var all = pairs.Length * (pairs.Length - 1.0) / 2;
        var difference = all - tiedInX - tiedInY + tiedInBoth - (2.0 * discordant);
        return tiedInX == all || tiedInY == all
            ? double.NaN
            : difference / Math.Sqrt(all - tiedInX) / Math.Sqrt(all - tiedInY);
    }

    /// <summary>The mean of the squared differences; NaN for no values.</summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static double MeanSquaredError(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        CheckLengths(x, y);
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += (x[i] - y[i]) * (x[i] - y[i]);
        }

        return sum / x.Length;
    }

    private static void CheckLengths(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"There are {x.Length} values in one series and {y.Length} in the other.");
        }
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    // Not told by the variance: the mean of equal values can be off by rounding.
    private static bool IsConstant(ReadOnlySpan<double> values) =>
        values.Length < 2 || !values.ContainsAnyExcept(values[0]);

    private static double TiedPairs<T>(T[] sorted, Func<T, T, bool> equal)
    {
        var (tied, run) = (0.0, 0);
        for (var i = 1; i < sorted.Length; i++)
        {
            run = equal(sorted[i - 1], sorted[i]) ? run + 1 : 0;
            tied += run;
        }

        return tied;
    }

    private static long SortCountingExchanges(Span<double> values, Span<double> scratch)
    {
        if (values.Length < 2)
        {
            return 0;
        }

        var middle = values.Length / 2;
        var exchanges = SortCountingExchanges(values[..middle], scratch[..middle])
            + SortCountingExchanges(values[middle..], scratch[middle..]);
        var (left, right) = (0, middle);
        for (var i = 0; i < values.Length; i++)
        {
            if (right == values.Length || (left < middle && values[left] <= values[right]))
            {
                scratch[i] = values[left++];
            }
            else
            {
                exchanges += middle - left;
                scratch[i] = values[right++];
            }
        }

        scratch.CopyTo(values);
        return exchanges;
    }
}
