using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <summary>An ordinary run that a study needs: of a cell, of a teacher, or of a choice of settings.</summary>
/// <param name="Label">What it is, in words for a person.</param>
/// <param name="Folder">Its folder, relative to the study's, with forward slashes.</param>
/// <param name="Options">Its options, resolved; the number of threads is settled when it starts.</param>
/// <param name="Teacher">The run whose exported model must be there before this one starts, or null.</param>
internal sealed record PlannedRun(string Label, string Folder, FineTuneOptions Options, PlannedRun? Teacher = null);
