using OrtTrainer.Models;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>How a model makes a vector of a text.</summary>
/// <param name="Width">Values of the vector, H.</param>
/// <param name="Pooling">How the states of its tokens become the vector.</param>
/// <param name="Normalizes">Whether the vector is divided by its length.</param>
internal sealed record EmbeddingSettings(int Width, Pooling Pooling, bool Normalizes)
{
    /// <summary>The most tokens of a text; null where the model's files do not say.</summary>
    public int? MaxLength { get; init; }

    /// <summary>What no file says and is taken for granted, in words; null where files say all.</summary>
    public string? Assumption { get; init; }
}
