using System.Text.Json.Nodes;

namespace OrtTrainer.Studies.Tuning;

/// <summary>What a search tries, as its file says it.</summary>
internal sealed record TuneFile
{
    /// <summary>What messages call it: the path of the file, or the command line.</summary>
    public required string Origin { get; init; }

    /// <summary>A name for the report.</summary>
    public required string Name { get; init; }

    /// <summary>The settings to beat, and what all trials share: a part of the options of a run, with full
    /// paths.</summary>
    public required JsonObject Defaults { get; init; }

    /// <summary>What is varied, one or more.</summary>
    public required IReadOnlyList<SearchDimension> Dimensions { get; init; }

    /// <summary>What is varied, in the form of the file.</summary>
    public required JsonObject Search { get; init; }

    /// <summary>Decides the values drawn, and is the seed of every trial.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The metric that decides; null for the task's own.</summary>
    public string? Metric { get; init; }

    /// <summary>The file with full paths and without comments: what must be the same to go on.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["seed"] = Seed,
        ["metric"] = Metric,
        ["defaults"] = Defaults.DeepClone(),
        ["search"] = Search.DeepClone(),
    };
}
