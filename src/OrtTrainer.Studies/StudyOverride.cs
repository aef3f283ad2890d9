using System.Text.Json.Nodes;

namespace OrtTrainer.Studies;

/// <summary>Options for some of the cells.</summary>
/// <param name="Where">The names that a cell must have, by axis: model, initialization, task, method.</param>
/// <param name="Set">The options laid over those of such a cell.</param>
internal sealed record StudyOverride(IReadOnlyDictionary<string, string> Where, JsonObject Set)
{
    /// <summary>Whether a cell is meant.</summary>
    public bool AppliesTo(IReadOnlyDictionary<string, string> names) =>
        Where.All(wanted => names[wanted.Key] == wanted.Value);
}
