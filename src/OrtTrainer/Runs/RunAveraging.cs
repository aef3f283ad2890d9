using OrtTrainer.Averaging;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Optimization;

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
        _ => options.Method.StepRule == StepRule.Lookahead ? new Lookahead(layout, options.Lookahead) : null,
    };

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
