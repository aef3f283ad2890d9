using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>Component Replace: puts a text in the place of every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string replacement) : Normalizer
{
    /// <inheritdoc/>
    public override void Normalize(NormalizedText text) => text.Replace(pattern, CodePoints.From(replacement));
}
