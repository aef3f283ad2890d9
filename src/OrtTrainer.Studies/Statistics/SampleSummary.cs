namespace OrtTrainer.Studies.Statistics;

/// <summary>A sample in three numbers.</summary>
/// <param name="Count">Number of values, 2 or more.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">The sample standard deviation, with n - 1 below.</param>
internal readonly record struct SampleSummary(int Count, double Mean, double StandardDeviation)
{
    /// <summary>The square of the standard deviation.</summary>
    public double Variance => StandardDeviation * StandardDeviation;

    /// <summary>The standard deviation of the mean.</summary>
    public double StandardError => StandardDeviation / Math.Sqrt(Count);

    /// <summary>
    /// Summarizes a sample; values that are equal up to rounding have a standard deviation of exactly 0.
    /// </summary>
    /// <exception cref="ArgumentException">Fewer than two values, or one that is not a finite number.</exception>
    public static SampleSummary Of(ReadOnlySpan<double> values)
    {
        Samples.Check(values, "the sample");
        return OfMerged(EqualScores.Of(values));
    }

    /// <summary>
    /// Summarizes two samples; where all values are equal up to rounding, so are their means, exactly.
    /// </summary>
    /// <exception cref="ArgumentException">A sample is too small, or a value is not a finite number.</exception>
    internal static (SampleSummary First, SampleSummary Second) OfBoth(
        ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Samples.CheckBoth(first, second);
        (double[] a, double[] b) = EqualScores.Of(first, second);
        return (OfMerged(a), OfMerged(b));
    }

    /// <summary>Summarizes values whose rounding <see cref="EqualScores"/> took away.</summary>
    internal static SampleSummary OfMerged(ReadOnlySpan<double> values)
    {
        if (!values.ContainsAnyExcept(values[0]))
        {
            return new(values.Length, values[0], 0);
        }

        double mean = 0;
        foreach (double value in values)
        {
            mean += value / values.Length;
        }

        double squares = 0, drift = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
            drift += value - mean;
        }

        // The second term takes back what rounding of the mean put into the first (Chan, Golub and LeVeque 1983).
        double variance = (squares - (drift * drift / values.Length)) / (values.Length - 1);
        return new(values.Length, mean, Math.Sqrt(variance));
    }
}
