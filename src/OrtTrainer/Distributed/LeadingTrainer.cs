using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Training;

namespace OrtTrainer.Distributed;

/// <summary>The trainer of the first rank: tells the others to take the step with it.</summary>
/// <param name="own">Takes this rank's part of the steps; disposed with this.</param>
/// <param name="ranks">The ranks; not disposed here.</param>
internal sealed class LeadingTrainer(ITrainer own, RankGroup ranks) : ITrainer
{
    /// <summary>Whether a step began and did not end: then the other ranks may wait within it, for ever.</summary>
    public bool IsInStep { get; private set; }

    /// <inheritdoc/>
    public StepReport Step()
    {
        ranks.Tell(RankTask.Step);
        IsInStep = true;
        try
        {
            StepReport report = own.Step();
            IsInStep = false;
            return report;
        }
        catch (DivergenceException)
        {
            // All ranks find it, at the same place.
            IsInStep = false;
            throw;
        }
    }

    public void Dispose() => own.Dispose();
}
