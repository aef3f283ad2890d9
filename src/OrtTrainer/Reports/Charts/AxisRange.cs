namespace OrtTrainer.Reports.Charts;

/// <summary>The part of an axis that a plot shows, in units of the data.</summary>
internal readonly record struct AxisRange
{
    /// <exception cref="ArgumentOutOfRangeException">A bound is not finite, or the low one is not below the high
    /// one.</exception>
    public AxisRange(double low, double high)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low >= high)
        {
            throw new ArgumentOutOfRangeException(
                nameof(low), low, FormattableString.Invariant(
                    $"An axis cannot run from {low} to {high}; expected finite bounds, the low one first."));
        }

        (Low, High) = (low, high);
    }

    public double Low { get; }

    public double High { get; }

    /// <summary>
    /// A range that shows every finite value with a margin on both sides, as a share of their spread. Equal values lie
    /// in the middle of a short range; no values at all give 0 to 1.
    /// </summary>
    public static AxisRange Covering(IEnumerable<double> values, double margin = 0.05)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in values.Where(double.IsFinite))
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (low > high)
        {
            return new AxisRange(0, 1);
        }

        double spread = high - low;
        double around = spread > Math.Max(Math.Abs(low), Math.Abs(high)) * 1e-9
            ? spread * margin
            : Math.Max(Math.Abs(low) * 0.01, 1e-3);
        return around > 0 ? new AxisRange(low - around, high + around) : new AxisRange(low, high);
    }

    /// <summary>Whether the value lies in the range, bounds included.</summary>
    public bool Contains(double value) => value >= Low && value <= High;
}
