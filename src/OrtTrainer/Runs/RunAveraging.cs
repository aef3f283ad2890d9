using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Runs;

/// <summary>How a run averages weights, and when; Lookahead's slow weights are its average.</summary>
internal static class RunAveraging
{
    /// <summary>What holds the average; null where there is none.</summary>
    public static AveragedWeights? Of(FineTuneOptions options, FlatParameters layout) => options.Method.Averaging switch
    {
        AveragingKind.Swa => new WeightAverage(layout, new EqualShares()),
        AveragingKind.Ema => new WeightAverage(layout, new ExponentialDecay { Decay = options.EmaDecay }),
        AveragingKind.Lawa => new LatestWeights(layout, options.Lawa.Window),
        AveragingKind.Swag => new WeightMoments(layout),
        _ => options.Method.StepRule == StepRule.Lookahead
            ? new Lookahead(layout, options.Lookahead.Period, options.Lookahead.Share)
            : null,
    };

    /// <summary>The steps that a run's average is made of; of LAWA the latest alone.</summary>
    /// <param name="options">How the run averages.</param>
    /// <param name="state">How often and when it did, at least once.</param>
    public static AveragedSteps StepsOf(FineTuneOptions options, AverageState state)
    {
        long interval = options.AveragingInterval;
        bool forgets = options.Method.Averaging == AveragingKind.Lawa && state.Count > options.Lawa.Window;
        long count = forgets ? options.Lawa.Window : state.Count;
        long first = forgets ? state.LastStep - ((count - 1) * interval) : state.FirstStep;
        return new(first, state.LastStep, interval, count);
    }

    /// <summary>The steps that are averaged; null where none is.</summary>
    /// <exception cref="RunException">There is an average, but the run is too short for it.</exception>
    public static AveragingPlan? PlanOf(FineTuneOptions options, long totalSteps)
    {
        if (!options.Method.KeepsAverage)
        {
            return null;
        }

        AveragingPlan plan = new()
        {
            TotalSteps = totalSteps,
            StartFraction = options.Method.AveragesAtHighRate ? options.SwaStart : 0,
            Interval = options.AveragingInterval,
        };
        if (plan.Averaged > 0)
        {
            return plan;
        }

        string start = options.Method.AveragesAtHighRate
            ? FormattableString.Invariant(
                $"{nameof(options.SwaStart)} {options.SwaStart} and {nameof(options.SwaInterval)}")
            : "an interval of";
        throw new RunException($"With {start} {plan.Interval}, none of the run's {totalSteps} steps would be " +
            "averaged. Start earlier, take a shorter interval, or train longer.");
    }
}
