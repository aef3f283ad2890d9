using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>In what a family with post-norm layers differs from BERT, which has every value that is set here.</summary>
internal sealed record PostNormTraits
{
    /// <summary>The position id of the first token.</summary>
    public int FirstPosition { get; init; }

    /// <summary>Whether there are embeddings of segments.</summary>
    public bool HasTokenTypes { get; init; } = true;

    /// <summary>Whether texts are told apart by segment ids.</summary>
    public bool TakesTokenTypes { get; init; } = true;

    /// <summary>The field that holds the width of the embeddings; null where it is that of the layers.</summary>
    public string? EmbeddingWidthField { get; init; }

    /// <summary>The field that holds the dropout before heads, which is the hidden dropout where it is absent or null;
    /// null where it always is.</summary>
    public string? HeadDropoutField { get; init; } = "classifier_dropout";

    /// <summary>Whether the hidden dropout acts on what the feed-forward part gives.</summary>
    public bool DropsFeedForward { get; init; } = true;

    /// <summary>What attention in all layers adds to its scores by distance; null for nothing.</summary>
    public RelativeBias? Bias { get; init; }

    /// <summary>What the parts of a layer are called.</summary>
    public PostNormNames Names { get; init; } = new();
}
