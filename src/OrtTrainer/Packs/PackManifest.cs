using System.Text.Json.Serialization;
using OrtTrainer.Common;

namespace OrtTrainer.Packs;

/// <summary>What <c>pack.json</c> says of the files beside it.</summary>
internal sealed record PackManifest
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "pack.json";

    /// <summary>What <see cref="Format"/> says.</summary>
    public const string FormatName = "orttrainer-pack";

    /// <summary>The version of the form.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Tells the file from others.</summary>
    public required string Format { get; init; }

    /// <summary>The version of the form; other versions are refused.</summary>
    public required int Version { get; init; }

    /// <summary>The program that wrote the pack, with its version.</summary>
    public required string Producer { get; init; }

    /// <summary>How many layers, the last ones, are trained with the head, or have adapters that are.</summary>
    public required int TrainLast { get; init; }

    /// <summary>The settings of the adapters that are trained in place of layers; null where layers are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Lora { get; init; }

    /// <summary>How matrices that stay as they are are stored.</summary>
    public required FrozenPrecision Frozen { get; init; }

    /// <summary>The labels in the order of the outputs; null where the data to come say them.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Parameters that the model lacks, which start at random.</summary>
    public required IReadOnlyList<string> Started { get; init; }

    /// <summary>What the stored weights change; null where none differ.</summary>
    public StateDifference? Difference { get; init; }

    /// <summary>Bytes of all files but this one.</summary>
    public required long Bytes { get; init; }

    /// <summary>All files but this one.</summary>
    public required IReadOnlyList<PackFile> Files { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>A file of a pack.</summary>
/// <param name="Kind">graph, graphs, weights, config, tokenizer or runner.</param>
/// <param name="File">Its path below the folder, with / between names.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal.</param>
internal sealed record PackFile(string Kind, string File, long Bytes, string Sha256)
{
    /// <summary>The kind of programs, which are not checked.</summary>
    public const string Runner = "runner";

    /// <summary>The kind of the tokenizer's files.</summary>
    public const string Tokenizer = "tokenizer";
}

/// <summary>
/// By how much the states that the frozen layers give from stored weights differ from those of the model's own.
/// </summary>
/// <param name="Texts">On how many texts.</param>
/// <param name="Max">The largest difference of an element.</param>
/// <param name="Mean">The mean of their magnitudes.</param>
/// <param name="Magnitude">The mean magnitude of the exact elements, to hold it against.</param>
internal sealed record StateDifference(int Texts, double Max, double Mean, double Magnitude);
