using MathNet.Numerics;

namespace OrtTrainer.Studies.Statistics;

/// <summary>Differences of means in units of spread: what a p value does not tell.</summary>
internal static class EffectSize
{
    /// <summary>
    /// Cohen's d of paired values, d_z: the mean of the differences, second less first, by their standard deviation.
    /// 0 where all differences are zero, infinite where they are equal.
    /// </summary>
    /// <exception cref="ArgumentException">Lengths differ, fewer than two pairs, or a value is not a finite
    /// number.</exception>
    public static double PairedD(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        SampleSummary differences = SampleSummary.OfMerged(PairedDifferences.Of(first, second));
        return Scaled(differences.Mean, differences.StandardDeviation);
    }

    /// <summary>
    /// Hedges' g of independent samples: the difference of means, second less first, by the pooled standard deviation,
    /// times the factor that makes it unbiased in small samples (Hedges 1981, equation 6e, exact by gamma functions).
    /// </summary>
    /// <exception cref="ArgumentException">A sample is too small, or a value is not a finite number.</exception>
    public static double HedgesG(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        (SampleSummary a, SampleSummary b) = SampleSummary.OfBoth(first, second);
        double degrees = a.Count + b.Count - 2;
        double logFactor = SpecialFunctions.GammaLn(degrees / 2) - SpecialFunctions.GammaLn((degrees - 1) / 2);
        double factor = Math.Exp(logFactor) / Math.Sqrt(degrees / 2);
        return factor * Scaled(b.Mean - a.Mean, PooledDeviation(a, b));
    }

    /// <summary>The standard deviation of both samples about their own means.</summary>
    internal static double PooledDeviation(SampleSummary a, SampleSummary b) => Math.Sqrt(
        (((a.Count - 1) * a.Variance) + ((b.Count - 1) * b.Variance)) / (a.Count + b.Count - 2));

    private static double Scaled(double difference, double deviation) => difference == 0 ? 0 : difference / deviation;
}
