namespace OrtTrainer.Training.Schedules;

/// <summary>
/// The learning rate as a function of the optimizer step; immutable, so a resumed run needs only the step.
/// </summary>
internal abstract class LearningRateSchedule
{
    /// <summary>The rate used by a step.</summary>
    /// <param name="step">Optimizer steps done before it: 0 for the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double RateAt(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Rate(step);
    }

    /// <summary>The rate used by a step, 0 or more.</summary>
    protected abstract double Rate(long step);
}
