namespace OrtTrainer.Reports.Charts;

/// <summary>Where values of an axis lie in pixels; pixels may run against the values, as they do upwards.</summary>
/// <param name="Range">What is shown, in units of the data.</param>
/// <param name="From">The pixel of the range's low bound.</param>
/// <param name="To">The pixel of its high bound.</param>
internal readonly record struct LinearScale(AxisRange Range, double From, double To)
{
    /// <summary>The pixel of a value, on the same line beyond the range too.</summary>
    public double Pixel(double value) => From + ((value - Range.Low) / (Range.High - Range.Low) * (To - From));

    /// <summary>As <see cref="Pixel"/>, held within the range.</summary>
    public double Clamped(double value) => Pixel(Math.Clamp(value, Range.Low, Range.High));
}
