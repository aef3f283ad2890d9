namespace OrtTrainer.Studies.Statistics;

/// <summary>A difference of means, second less first, with its t interval.</summary>
/// <param name="Difference">The difference.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
/// <param name="Confidence">Probability mass of the interval, in (0, 1).</param>
internal readonly record struct MeanDifference(double Difference, double Lower, double Upper, double Confidence)
{
    /// <summary>Of paired values: the mean of their differences.</summary>
    /// <param name="first">[n], n 2 or more.</param>
    /// <param name="second">[n], in the same order.</param>
    /// <param name="confidence">Probability mass of the interval, in (0, 1).</param>
    /// <exception cref="ArgumentException">Lengths differ, n is below 2, or a value is not a finite
    /// number.</exception>
    public static MeanDifference Paired(
        ReadOnlySpan<double> first, ReadOnlySpan<double> second, double confidence = 0.95)
    {
        SampleSummary differences = SampleSummary.OfMerged(PairedDifferences.Of(first, second));
        return Of(differences.Mean, differences.StandardError, differences.Count - 1, confidence);
    }

    /// <summary>Of independent samples, whose variances may differ (Welch).</summary>
    /// <param name="first">2 values or more.</param>
    /// <param name="second">2 values or more.</param>
    /// <param name="confidence">Probability mass of the interval, in (0, 1).</param>
    /// <exception cref="ArgumentException">A sample is too small, or a value is not a finite number.</exception>
    public static MeanDifference Welch(
        ReadOnlySpan<double> first, ReadOnlySpan<double> second, double confidence = 0.95)
    {
        (SampleSummary a, SampleSummary b) = SampleSummary.OfBoth(first, second);
        return Of(b.Mean - a.Mean, TTest.WelchError(a, b), TTest.WelchDegrees(a, b), confidence);
    }

    private static MeanDifference Of(double difference, double error, double degrees, double confidence)
    {
        double half = Distributions.StudentCritical(1 - confidence, degrees) * error;
        return new(difference, difference - half, difference + half, confidence);
    }
}
