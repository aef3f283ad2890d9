using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>
/// Falls from the peak to 0 along half a cosine, <paramref name="cycles"/> times over, each time starting at the peak
/// again (Loshchilov and Hutter 2017); 0 from step <paramref name="total"/> on.
/// </summary>
internal sealed class CosineRestartSchedule(double peak, long warmup, long total, int cycles = 1)
    : WarmupSchedule(peak, warmup)
{
    private readonly long _total = OptionRange.AtLeast(total, 1, nameof(total));
    private readonly long _cycles = OptionRange.AtLeast(cycles, 1, nameof(cycles));

    /// <inheritdoc/>
    protected override double FactorAfterWarmup(long step)
    {
        var progress = Progress(step, _total);
        return progress >= 1 ? 0 : 0.5 * (1 + Math.Cos(Math.PI * (_cycles * progress % 1)));
    }
}
