using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>
/// Follows another schedule, then saw-tooth cycles for averaging at their ends (Izmailov et al. 2018, section 3.1):
/// <c>t = (mod(i - 1, cycle) + 1) / cycle, rate = (1 - t) high + t low</c> for i = 1, 2, …
/// </summary>
internal sealed class SwaCyclicalSchedule : LearningRateSchedule
{
    private readonly LearningRateSchedule _before;
    private readonly long _start;
    private readonly long _cycle;
    private readonly double _high;
    private readonly double _low;

    /// <summary>Checks and keeps the settings.</summary>
    /// <param name="before">The schedule up to <paramref name="start"/>.</param>
    /// <param name="start">The step that begins the first cycle.</param>
    /// <param name="cycle">Steps per cycle, 1 or more; the last one has the low rate, and averaging is due after
    /// it.</param>
    /// <param name="high">The rate each cycle falls from, 0 or more.</param>
    /// <param name="low">The rate at a cycle's end, 0 or more.</param>
    public SwaCyclicalSchedule(LearningRateSchedule before, long start, long cycle, double high, double low)
    {
        ArgumentNullException.ThrowIfNull(before);
        _before = before;
        _start = OptionRange.AtLeast(start, 0, nameof(start));
        _cycle = OptionRange.AtLeast(cycle, 1, nameof(cycle));
        _low = OptionRange.AtLeast(low, 0.0, nameof(low));
        _high = OptionRange.AtLeast(high, 0.0, nameof(high));
    }

    /// <inheritdoc/>
    protected override double Rate(long step)
    {
        if (step < _start)
        {
            return _before.RateAt(step);
        }

        var t = (double)(((step - _start) % _cycle) + 1) / _cycle;
        return ((1 - t) * _high) + (t * _low);
    }
}
