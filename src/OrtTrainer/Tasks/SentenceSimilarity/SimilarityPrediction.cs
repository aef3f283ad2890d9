using OrtTrainer.Common;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>How alike two texts are: its one score.</summary>
/// <param name="Similarity">The cosine of their vectors, -1 to 1.</param>
internal sealed record SimilarityPrediction(float Similarity) : TextPrediction([], [Similarity])
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
