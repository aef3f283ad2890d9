using OrtTrainer.Common;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>The vector of one text, which its scores are too.</summary>
/// <param name="Embedding">[H].</param>
public sealed record EmbeddingPrediction(IReadOnlyList<float> Embedding) : TextPrediction([], Embedding)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
