using System.Text.Json.Nodes;

namespace OrtTrainer.Studies;

/// <summary>Settings that a cell may get.</summary>
/// <param name="Settings">A part of the options of a run.</param>
/// <param name="Runs">Runs scored on validation data only, one per seed of the choice.</param>
internal sealed record CellCandidate(JsonObject Settings, IReadOnlyList<PlannedRun> Runs);
