using System.Text.Json.Nodes;

namespace OrtTrainer.Studies;

/// <summary>Options for some of the cells.</summary>
/// <param name="Where">The cells.</param>
/// <param name="Set">The options laid over those of such a cell.</param>
internal sealed record StudyOverride(CellNames Where, JsonObject Set);
