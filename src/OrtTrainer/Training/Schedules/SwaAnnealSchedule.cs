using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>
/// Follows another schedule, then moves from the rate reached to a constant one for averaging: PyTorch's <c>SWALR</c>.
/// </summary>
internal sealed class SwaAnnealSchedule : LearningRateSchedule
{
    private readonly LearningRateSchedule _before;
    private readonly long _start;
    private readonly double _rate;
    private readonly long _anneal;
    private readonly AnnealShape _shape;

    /// <summary>Checks and keeps the settings.</summary>
    /// <param name="before">The schedule up to <paramref name="start"/>.</param>
    /// <param name="start">The step at which the move begins; its rate is still <paramref name="before"/>'s.</param>
    /// <param name="rate">The rate reached, 0 or more.</param>
    /// <param name="anneal">Steps the move takes; 0 jumps at <paramref name="start"/>.</param>
    /// <param name="shape">The curve of the move.</param>
    public SwaAnnealSchedule(LearningRateSchedule before, long start, double rate, long anneal, AnnealShape shape)
    {
        ArgumentNullException.ThrowIfNull(before);
        _before = before;
        _start = OptionRange.AtLeast(start, 0, nameof(start));
        _rate = OptionRange.AtLeast(rate, 0.0, nameof(rate));
        _anneal = OptionRange.AtLeast(anneal, 0, nameof(anneal));
        _shape = shape;
    }

    /// <inheritdoc/>
    protected override double Rate(long step)
    {
        if (step < _start)
        {
            return _before.RateAt(step);
        }

        var progress = _anneal == 0 ? 1 : Math.Min(1, (double)(step - _start) / _anneal);
        var share = _shape == AnnealShape.Cosine ? 0.5 * (1 - Math.Cos(Math.PI * progress)) : progress;
        return (_rate * share) + (_before.RateAt(_start) * (1 - share));
    }
}
