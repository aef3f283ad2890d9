using OrtTrainer.Common;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Methods;

/// <summary>
/// An average under a rate that is kept high, by default constant, so that the weights go on moving: the family of
/// stochastic weight averaging.
/// </summary>
public abstract record HighRateAverage : AveragingMethod
{
    /// <summary>
    /// What the low rate of a cycle, or the last of an anneal, is of the learning rate where none is given.
    /// </summary>
    private const double DefaultLowShare = 0.1;

    /// <summary>The share of the run that an anneal takes.</summary>
    private const double AnnealShare = 0.1;

    private protected HighRateAverage()
    {
    }

    /// <summary>Share of the steps before averaging starts, in [0, 1).</summary>
    [Setting("swa-start", "share of the steps before averaging starts")]
    public double Start { get; init => field = OptionRange.Below(value, 0, 1); } = 0.5;

    /// <summary>Every how many steps the weights are averaged, 1 or more; with a cyclical rate, the cycle.</summary>
    [Setting("swa-interval", "every how many steps weights are averaged")]
    public long Interval { get; init => field = OptionRange.AtLeast(value, 1); } = 1;

    /// <summary>What the learning rate does once averaging has started.</summary>
    [Setting("swa-rate", "constant, cyclical or anneal")]
    public SwaRate Rate { get; init => field = OptionRange.Defined(value); }

    /// <summary>
    /// The low rate of a cycle or the final one of an anneal, 0 or more; null for a tenth of the learning rate.
    /// </summary>
    [Setting("swa-lr", "low rate of a cycle, last rate of an anneal", Default = "a tenth of --lr")]
    public double? LearningRate { get; init => field = value is { } rate ? OptionRange.AtLeast(rate, 0.0) : null; }

    internal override double? DefaultLearningRate => 1e-4;

    internal override ScheduleKind? DefaultSchedule => ScheduleKind.ConstantWithWarmup;

    internal override string AveragingText =>
        FormattableString.Invariant($" from {Start:0.##%} of the steps on, every ")
        + (Interval == 1 ? "step" : $"{Interval} steps");

    internal override void Require(RunTraits run)
    {
        if (Rate == SwaRate.Cyclical && Interval < 2)
        {
            throw new ArgumentException($"{nameof(Interval)} is {Interval}, the length of a cycle of the rate; with " +
                $"{nameof(Rate)} cyclical expected 2 or more.");
        }
    }

    internal override LearningRateSchedule Reschedule(
        LearningRateSchedule schedule, double learningRate, long totalSteps)
    {
        if (Rate == SwaRate.Constant)
        {
            return schedule;
        }

        long start = new AveragingPlan { TotalSteps = totalSteps, StartFraction = Start }.StartStep;
        double low = LearningRate ?? learningRate * DefaultLowShare;
        return Rate == SwaRate.Cyclical
            ? new SwaCyclicalSchedule(schedule, start, Interval, learningRate, low)
            : new SwaAnnealSchedule(
                schedule, start, low, RunLength.StepsOf(AnnealShare, totalSteps), AnnealShape.Cosine);
    }
}
