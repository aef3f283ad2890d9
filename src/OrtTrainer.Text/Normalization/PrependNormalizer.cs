using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>Component Prepend: puts a text before the first character; an empty text stays empty.</summary>
internal sealed class PrependNormalizer(string addition) : Normalizer
{
    /// <inheritdoc/>
    public override void Normalize(NormalizedText text) => text.Prepend(CodePoints.From(addition));
}
