using OrtTrainer.Common;
using OrtTrainer.Graph;

namespace OrtTrainer.Models.Imported;

/// <summary>What a file of weights and graph does not say of itself, or what was found out about it once.</summary>
internal sealed record ReplaySettings
{
    /// <summary>The sizes of the model.</summary>
    public required ModelShape Shape { get; init; }

    /// <summary>Whether what is done to every token alike may be done to tokens without padding; otherwise padding is
    /// computed as in the file, where what is in it matters.</summary>
    public bool Packs { get; init; } = true;

    /// <summary>The id that fills rows up.</summary>
    public int PaddingId { get; init; }

    /// <summary>The probability of dropout behind embeddings and layers.</summary>
    public float Dropout { get; init; }

    /// <summary>The probability of dropout of attention weights.</summary>
    public float AttentionDropout { get; init; }

    /// <summary>Who sees whom under the masks of the graph, by their names; attention with another mask stays as it
    /// is.</summary>
    public required IReadOnlyDictionary<string, AttentionMask> Masks { get; init; }

    public override string ToString() => RecordText.Of(this);
}
