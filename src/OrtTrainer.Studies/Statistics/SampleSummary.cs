namespace OrtTrainer.Studies.Statistics;

/// <summary>A sample in three numbers.</summary>
/// <param name="Count">Number of values, 2 or more.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">The sample standard deviation, with n - 1 below.</param>
public readonly record struct SampleSummary(int Count, double Mean, double StandardDeviation)
{
    /// <summary>The square of the standard deviation.</summary>
    public double Variance => StandardDeviation * StandardDeviation;

    /// <summary>The standard deviation of the mean.</summary>
    public double StandardError => StandardDeviation / Math.Sqrt(Count);

    /// <summary>Summarises a sample; equal values have a standard deviation of exactly 0.</summary>
    /// <exception cref="ArgumentException">Fewer than two values, or one that is not a finite number.</exception>
    public static SampleSummary Of(ReadOnlySpan<double> values)
    {
        Samples.Check(values, "the sample");
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
