using OrtTrainer.Options;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Runs;

/// <summary>The learning rate of a run: its schedule, and what the parts of its method make of it.</summary>
internal static class RunSchedule
{
    public static LearningRateSchedule Of(FineTuneOptions options, long totalSteps)
    {
        if (options.FixedSchedule is { } rates)
        {
            return rates;
        }

        LearningRateSchedule schedule = new ScheduleOptions
        {
            Kind = options.EffectiveSchedule,
            LearningRate = options.EffectiveLearningRate,
            WarmupSteps = options.EffectiveSchedule == ScheduleKind.Constant
                ? 0
                : RunLength.StepsOf(options.Warmup, totalSteps),
            TotalSteps = totalSteps,
        }.Build();
        return options.Parts.Aggregate(schedule, (changed, part) =>
            part.Reschedule(changed, options.EffectiveLearningRate, totalSteps));
    }
}
