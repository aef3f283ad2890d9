using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>Component StripAccents: drops combining marks (NFD usually comes first).</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override void Normalize(NormalizedText text) => text.Filter(point => !UnicodeClass.IsMark(point));
}
