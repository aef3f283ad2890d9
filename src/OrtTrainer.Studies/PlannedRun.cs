using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <summary>An ordinary run that a study needs: of a cell, of a choice of settings, or of what these start or learn
/// from.</summary>
/// <param name="Label">What it is, in words for a person.</param>
/// <param name="Folder">Its folder, relative to the study's, with forward slashes.</param>
/// <param name="Options">Its options, resolved; the number of threads is settled when it starts.</param>
internal sealed record PlannedRun(string Label, string Folder, FineTuneOptions Options)
{
    /// <summary>The run whose exported model this one starts from, or null.</summary>
    public PlannedRun? Start { get; init; }

    /// <summary>The run whose exported model it learns from, or null.</summary>
    public PlannedRun? Teacher { get; init; }

    /// <summary>What must be done before this one starts.</summary>
    public IEnumerable<PlannedRun> Needs => new[] { Start, Teacher }.OfType<PlannedRun>();
}
