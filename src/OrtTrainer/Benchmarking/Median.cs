namespace OrtTrainer.Benchmarking;

/// <summary>The middle of measured values, which a few disturbed ones do not move.</summary>
internal static class Median
{
    /// <summary>The middle value, or the mean of the middle two; NaN of none.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int half = sorted.Length / 2;
        return sorted.Length == 0 ? double.NaN
            : sorted.Length % 2 == 1 ? sorted[half]
            : (sorted[half - 1] + sorted[half]) / 2;
    }
}
