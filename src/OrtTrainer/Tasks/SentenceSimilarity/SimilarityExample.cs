using OrtTrainer.Data;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>A text with one that means much the same, or as much as a score says.</summary>
/// <param name="Text">The text, the anchor.</param>
/// <param name="Positive">The other text; null for a text alone, as for prediction.</param>
/// <param name="Negatives">Texts that do not mean the same, where the data name some.</param>
/// <param name="Score">How alike both are, on any scale; null where the data do not say.</param>
/// <param name="Line">The 1-based line the row starts on.</param>
internal sealed record SimilarityExample(
    string Text, string? Positive, IReadOnlyList<string> Negatives, float? Score, int Line)
    : Example(Text, Positive, null, Line)
{
    /// <summary>All texts: the anchor, the positive and the negatives.</summary>
    public IReadOnlyList<string> Texts =>
        [Text, .. Positive is null ? Array.Empty<string>() : [Positive], .. Negatives];

    /// <summary>Equal where the texts and the score are.</summary>
    public bool Equals(SimilarityExample? other) => base.Equals(other) && other is not null && Score == other.Score
        && Negatives.SequenceEqual(other.Negatives);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Score, Negatives.Count);
}
