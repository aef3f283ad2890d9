namespace OrtTrainer.Studies;

/// <summary>The choice of a cell's settings: candidates and the runs that decide between them.</summary>
/// <param name="Cell">The cell, with the settings that the study file gives it.</param>
/// <param name="Candidates">In the order of the study file.</param>
internal sealed record CellSearch(StudyCell Cell, IReadOnlyList<CellCandidate> Candidates);
