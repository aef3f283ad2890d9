using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>Component Replace: puts a text in the place of every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string replacement) : Normalizer
{
    /// <summary>What is replaced.</summary>
    public TextPattern Pattern => pattern;

    /// <summary>What stands there then.</summary>
    public string Replacement => replacement;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text) => text.Replace(pattern, CodePoints.From(replacement));
}
