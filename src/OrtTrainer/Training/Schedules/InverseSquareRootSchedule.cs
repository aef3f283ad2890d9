using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>
/// Falls as <c>1 / sqrt((step + shift) / timescale)</c> with <c>shift = timescale - warmup</c>, so that it leaves the
/// warm-up at the peak (Zhai et al. 2022).
/// </summary>
/// <param name="peak">The highest rate.</param>
/// <param name="warmup">Warm-up steps.</param>
/// <param name="timescale">Steps after which the fall slows; null: the warm-up steps, or 10 000 without
/// warm-up.</param>
internal sealed class InverseSquareRootSchedule(double peak, long warmup, long? timescale = null)
    : WarmupSchedule(peak, warmup)
{
    private readonly long _timescale =
        OptionRange.AtLeast(timescale ?? (warmup > 0 ? warmup : 10_000), 1, nameof(timescale));

    /// <inheritdoc/>
    protected override double FactorAfterWarmup(long step) =>
        1 / Math.Sqrt((double)(step + _timescale - Warmup) / _timescale);
}
