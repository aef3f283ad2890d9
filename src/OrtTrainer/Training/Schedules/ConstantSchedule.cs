namespace OrtTrainer.Training.Schedules;

/// <summary>The peak rate throughout, after the warm-up if there is one.</summary>
internal sealed class ConstantSchedule(double peak, long warmup = 0) : WarmupSchedule(peak, warmup)
{
    /// <inheritdoc/>
    protected override double FactorAfterWarmup(long step) => 1;
}
