using OrtTrainer.Options;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Runs;

/// <summary>The learning rate of a run: its schedule, and what SWA makes of the tail.</summary>
internal static class RunSchedule
{
    /// <summary>
    /// What the low rate of a cycle, or the last of an anneal, is of the learning rate where none is given.
    /// </summary>
    private const double DefaultLowShare = 0.1;

    /// <summary>The share of the run that an anneal takes.</summary>
    private const double AnnealShare = 0.1;

    public static LearningRateSchedule Of(FineTuneOptions options, long totalSteps)
    {
        LearningRateSchedule schedule = new ScheduleOptions
        {
            Kind = options.EffectiveSchedule,
            LearningRate = options.EffectiveLearningRate,
            WarmupSteps = options.EffectiveSchedule == ScheduleKind.Constant
                ? 0
                : RunLength.StepsOf(options.Warmup, totalSteps),
            TotalSteps = totalSteps,
        }.Build();
        if (!options.Method.AveragesAtHighRate || options.SwaRate == SwaRate.Constant)
        {
            return schedule;
        }

        long start = new AveragingPlan { TotalSteps = totalSteps, StartFraction = options.SwaStart }.StartStep;
        double low = options.SwaLearningRate ?? options.EffectiveLearningRate * DefaultLowShare;
        return options.SwaRate == SwaRate.Cyclical
            ? new SwaCyclicalSchedule(schedule, start, options.SwaInterval, options.EffectiveLearningRate, low)
            : new SwaAnnealSchedule(
                schedule, start, low, RunLength.StepsOf(AnnealShare, totalSteps), AnnealShape.Cosine);
    }
}
