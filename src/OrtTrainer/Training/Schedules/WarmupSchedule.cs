using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>
/// A schedule of Hugging Face's family: the rate rises linearly from 0 to its peak over the warm-up steps, then
/// follows a curve of its own.
/// </summary>
internal abstract class WarmupSchedule : LearningRateSchedule
{
    /// <summary>Checks and keeps what the family shares.</summary>
    /// <param name="peak">The highest rate, 0 or more.</param>
    /// <param name="warmup">Warm-up steps, 0 or more; step <paramref name="warmup"/> is the first at the peak.</param>
    protected WarmupSchedule(double peak, long warmup)
    {
        Peak = OptionRange.AtLeast(peak, 0.0, nameof(peak));
        Warmup = OptionRange.AtLeast(warmup, 0, nameof(warmup));
    }

    /// <summary>The highest rate.</summary>
    public double Peak { get; }

    /// <summary>Warm-up steps.</summary>
    public long Warmup { get; }

    /// <inheritdoc/>
    protected sealed override double Rate(long step) =>
        Peak * (step < Warmup ? (double)step / Warmup : FactorAfterWarmup(step));

    /// <summary>The share of the peak at a step from <see cref="Warmup"/> on.</summary>
    protected abstract double FactorAfterWarmup(long step);

    /// <summary>
    /// Share of the way from the end of the warm-up to <paramref name="total"/> steps; above 1 beyond.
    /// </summary>
    protected double Progress(long step, long total) => (double)(step - Warmup) / Math.Max(1, total - Warmup);
}
