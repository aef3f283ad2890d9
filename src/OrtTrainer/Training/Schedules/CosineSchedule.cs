using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>
/// Follows <c>(1 + cos(2 pi cycles progress)) / 2</c> from the end of the warm-up to step <paramref name="total"/>;
/// half a cycle, the default, falls from the peak to 0.
/// </summary>
internal sealed class CosineSchedule(double peak, long warmup, long total, double cycles = 0.5)
    : WarmupSchedule(peak, warmup)
{
    private readonly long _total = OptionRange.AtLeast(total, 1, nameof(total));
    private readonly double _cycles = OptionRange.Above(cycles, 0, nameof(cycles));

    /// <inheritdoc/>
    protected override double FactorAfterWarmup(long step) =>
        Math.Max(0, 0.5 * (1 + Math.Cos(2 * Math.PI * _cycles * Progress(step, _total))));
}
