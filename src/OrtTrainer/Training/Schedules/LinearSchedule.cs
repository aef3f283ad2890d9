using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>Falls on a straight line from the peak to 0 at step <paramref name="total"/>, and stays 0.</summary>
internal sealed class LinearSchedule(double peak, long warmup, long total) : WarmupSchedule(peak, warmup)
{
    private readonly long _total = OptionRange.AtLeast(total, 1, nameof(total));

    /// <inheritdoc/>
    protected override double FactorAfterWarmup(long step) => Math.Max(0, 1 - Progress(step, _total));
}
