using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <summary>What the parts of a run take.</summary>
/// <param name="Seconds">Seconds of an optimizer step.</param>
/// <param name="SetupSeconds">Seconds of loading and compiling.</param>
internal sealed record StepCost(double Seconds, double SetupSeconds)
{
    // Forward and backward pass are about three times the work of the forward pass alone.
    private const double ForwardShare = 1.0 / 3;

    /// <summary>The mean of each part.</summary>
    public static StepCost Mean(IReadOnlyCollection<StepCost> costs) =>
        new(costs.Average(c => c.Seconds), costs.Average(c => c.SetupSeconds));

    /// <summary>Expected seconds of a whole run.</summary>
    /// <param name="options">The run.</param>
    /// <param name="steps">Its optimizer steps.</param>
    /// <param name="stepsPerEpoch">Optimizer steps per epoch.</param>
    /// <param name="evalExamples">Examples per evaluation.</param>
    public double OfRun(FineTuneOptions options, long steps, long stepsPerEpoch, long evalExamples)
    {
        // One at the end of each interval, and once more for the summary; each of live and averaged weights.
        long evaluations = (1 + (steps / (options.EvalSteps ?? stepsPerEpoch)))
            * (options.Method.Averaging is null ? 1 : 2);
        double evaluation = Seconds * ForwardShare * evalExamples / ((long)options.BatchSize * options.Accumulation);
        return SetupSeconds + (steps * Seconds) + (evaluations * evaluation);
    }
}
