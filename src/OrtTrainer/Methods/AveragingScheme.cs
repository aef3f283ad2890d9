using OrtTrainer.Common;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Methods;

/// <summary>How a method averages weights, and when.</summary>
/// <param name="Create">Makes what holds the average.</param>
internal sealed record AveragingScheme(Func<Device, WeightLayout, AveragedWeights> Create)
{
    /// <summary>Share of the steps before the first that is averaged, in [0, 1).</summary>
    public double Start { get; init; }

    /// <summary>Steps from one that is averaged to the next, 1 or more.</summary>
    public long Interval { get; init; } = 1;

    /// <summary>How many weights the average holds at most, the latest ones; null for all.</summary>
    public int? Window { get; init; }

    /// <summary>The steps that are averaged.</summary>
    /// <param name="totalSteps">Optimizer steps of the run.</param>
    /// <exception cref="RunException">The run is too short to average any.</exception>
    public AveragingPlan PlanOf(long totalSteps)
    {
        AveragingPlan plan = new() { TotalSteps = totalSteps, StartFraction = Start, Interval = Interval };
        return plan.Averaged > 0
            ? plan
            : throw new RunException(FormattableString.Invariant(
                $"With a start at {Start} of the run and an interval of {Interval}, none of its {totalSteps} steps ")
                + "would be averaged. Start earlier, take a shorter interval, or train longer.");
    }

    /// <summary>The steps that an average is made of.</summary>
    /// <param name="state">How often and when weights were taken, at least once.</param>
    public AveragedSteps StepsOf(AverageState state) => Window is { } window && state.Count > window
        ? new(state.LastStep - ((window - 1) * Interval), state.LastStep, Interval, window)
        : new(state.FirstStep, state.LastStep, Interval, state.Count);
}
