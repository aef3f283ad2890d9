namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// A t test of equal means, two-sided. The statistic is that of the first sample less the second, as in SciPy.
/// </summary>
/// <param name="T">The statistic; infinite where samples differ and have no spread.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom; not always whole in Welch's test.</param>
/// <param name="P">
/// Probability of a statistic as far from 0, were the means equal; NaN where there is no spread to compare a
/// difference with.
/// </param>
/// <param name="Note">What is special about it; null for an ordinary test.</param>
internal sealed record TTest(double T, double DegreesOfFreedom, double P, string? Note = null)
{
    private const string NoDifference = "all differences are zero";
    private const string NoSpread = "the difference is the same everywhere: without spread a t test is not defined";

    /// <summary>Student's test of paired values: that the mean of their differences is 0.</summary>
    /// <param name="first">[n], n 2 or more.</param>
    /// <param name="second">[n], in the same order.</param>
    /// <exception cref="ArgumentException">Lengths differ, n is below 2, or a value is not a finite
    /// number.</exception>
    public static TTest Paired(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Samples.CheckPairs(first, second);
        SampleSummary differences = SampleSummary.OfMerged(PairedDifferences.Of(second, first));
        return Of(differences.Mean, differences.StandardError, differences.Count - 1);
    }

    /// <summary>Welch's test of independent samples, whose variances may differ (Welch 1947; degrees of freedom by
    /// Satterthwaite 1946).</summary>
    /// <param name="first">2 values or more.</param>
    /// <param name="second">2 values or more.</param>
    /// <exception cref="ArgumentException">A sample is too small, or a value is not a finite number.</exception>
    public static TTest Welch(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        (SampleSummary a, SampleSummary b) = SampleSummary.OfBoth(first, second);
        return Of(a.Mean - b.Mean, WelchError(a, b), WelchDegrees(a, b));
    }

    /// <summary>Student's test of independent samples, which are taken to have the same variance.</summary>
    /// <param name="first">2 values or more.</param>
    /// <param name="second">2 values or more.</param>
    /// <exception cref="ArgumentException">A sample is too small, or a value is not a finite number.</exception>
    public static TTest Student(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        (SampleSummary a, SampleSummary b) = SampleSummary.OfBoth(first, second);
        double error = EffectSize.PooledDeviation(a, b) * Math.Sqrt((1.0 / a.Count) + (1.0 / b.Count));
        return Of(a.Mean - b.Mean, error, a.Count + b.Count - 2);
    }

    /// <summary>The standard error of a difference of means of independent samples.</summary>
    internal static double WelchError(SampleSummary a, SampleSummary b) =>
        Math.Sqrt((a.Variance / a.Count) + (b.Variance / b.Count));

    /// <summary>Satterthwaite's degrees of freedom; those of equal variances where both are 0.</summary>
    internal static double WelchDegrees(SampleSummary a, SampleSummary b)
    {
        (double va, double vb) = (a.Variance / a.Count, b.Variance / b.Count);
        return va + vb == 0
            ? a.Count + b.Count - 2
            : (va + vb) * (va + vb) / ((va * va / (a.Count - 1)) + (vb * vb / (b.Count - 1)));
    }

    private static TTest Of(double difference, double error, double degrees)
    {
        if (error == 0)
        {
            return difference == 0
                ? new TTest(0, degrees, 1, NoDifference)
                : new TTest(double.CopySign(double.PositiveInfinity, difference), degrees, double.NaN, NoSpread);
        }

        double t = difference / error;
        return new TTest(t, degrees, Distributions.StudentTwoSided(t, degrees));
    }
}
