namespace OrtTrainer.Studies.Tuning;

/// <summary>A search that came to its end.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Plan">The data and the metric.</param>
/// <param name="State">Trials, confirmation and test.</param>
internal sealed record TuneResult(TuneOptions Options, TrialPlan Plan, TuneState State)
{
    /// <summary>The trial with the default settings.</summary>
    public Trial Default => State.Trials[0];

    /// <summary>The trial with the best score on the evaluation data.</summary>
    public Trial Best => State.Trials[State.Best!.Value];
}
