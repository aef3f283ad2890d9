using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>
/// Falls as <c>end + (peak - end) (1 - progress)^power</c> until step <paramref name="total"/>, and stays at
/// <paramref name="end"/>.
/// </summary>
internal sealed class PolynomialSchedule(double peak, long warmup, long total, double power = 1, double end = 1e-7)
    : WarmupSchedule(OptionRange.Above(peak, 0, nameof(peak)), warmup)
{
    private readonly long _total = OptionRange.AtLeast(total, 1, nameof(total));
    private readonly double _power = OptionRange.Above(power, 0, nameof(power));
    private readonly double _end = OptionRange.Below(end, 0, peak, nameof(end));

    /// <inheritdoc/>
    protected override double FactorAfterWarmup(long step)
    {
        // Hugging Face holds the end rate only after step total, which the power of a vanishing rest gives as well.
        var rest = Math.Max(0, 1 - Progress(step, _total));
        return (((Peak - _end) * Math.Pow(rest, _power)) + _end) / Peak;
    }
}
