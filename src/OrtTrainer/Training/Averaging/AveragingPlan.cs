using OrtTrainer.Common;

namespace OrtTrainer.Training.Averaging;

/// <summary>Which optimizer steps are averaged: counted in steps, not epochs.</summary>
internal sealed record AveragingPlan
{
    /// <summary>Optimizer steps of the whole run, 1 or more.</summary>
    public required long TotalSteps { get; init => field = OptionRange.AtLeast(value, 1); }

    /// <summary>Share of the run before averaging starts, in [0, 1).</summary>
    public double StartFraction { get; init => field = OptionRange.Below(value, 0, 1); } = 0.5;

    /// <summary>Every how many steps the weights are averaged, 1 or more; with a cyclical rate, the cycle.</summary>
    public long Interval { get; init => field = OptionRange.AtLeast(value, 1); } = 1;

    /// <summary>Steps before averaging starts; a cyclical or annealed rate starts here too.</summary>
    public long StartStep
    {
        get
        {
            // In binary, 0.29 of 100 steps is a little less than 29: what is whole but for rounding is whole.
            var steps = StartFraction * TotalSteps;
            var whole = Math.Round(steps);
            var start = Math.Abs(steps - whole) <= 1e-12 * TotalSteps ? whole : Math.Floor(steps);
            return Math.Min((long)start, TotalSteps - 1);
        }
    }

    /// <summary>Weights that a whole run averages.</summary>
    public long Averaged => (TotalSteps - StartStep) / Interval;

    /// <summary>Whether the weights after this step are averaged.</summary>
    /// <param name="step">Optimizer steps done, this one included: 1 for the first.</param>
    public bool IsDue(long step) => step > StartStep && (step - StartStep) % Interval == 0;
}
