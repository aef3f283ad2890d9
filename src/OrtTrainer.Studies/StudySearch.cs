using System.Text.Json.Nodes;

namespace OrtTrainer.Studies;

/// <summary>Settings to choose from for every cell, on its validation data.</summary>
/// <param name="Candidates">All combinations of the values, each a part of the options of a run.</param>
/// <param name="Seeds">The seeds of the runs that decide, none of them a seed of the study.</param>
internal sealed record StudySearch(IReadOnlyList<JsonObject> Candidates, IReadOnlyList<long> Seeds)
{
    /// <summary>The options that are chosen, such as <c>learning_rate</c>.</summary>
    public string Setting => string.Join(", ", Candidates[0].Select(value => value.Key));

    /// <summary>The values of a candidate as JSON, in the order of <see cref="Setting"/>.</summary>
    public static string Text(JsonObject candidate) =>
        string.Join(", ", candidate.Select(value => value.Value?.ToJsonString() ?? "null"));
}
