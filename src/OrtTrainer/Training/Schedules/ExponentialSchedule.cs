using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>Rises from one rate to another by the same factor each step, as in a range test of rates (Smith 2017,
/// Cyclical Learning Rates, section 3.3), and stays there.</summary>
/// <param name="lowest">The rate of the first step, above 0.</param>
/// <param name="highest">The rate of the last step, above 0.</param>
/// <param name="steps">Steps, 2 or more.</param>
internal sealed class ExponentialSchedule(double lowest, double highest, long steps) : LearningRateSchedule
{
    private readonly double _lowest = OptionRange.Above(lowest, 0, nameof(lowest));
    private readonly double _highest = OptionRange.Above(highest, 0, nameof(highest));
    private readonly long _last = OptionRange.AtLeast(steps, 2, nameof(steps)) - 1;

    /// <inheritdoc/>
    protected override double Rate(long step) =>
        _lowest * Math.Pow(_highest / _lowest, Math.Min(1, (double)step / _last));
}
