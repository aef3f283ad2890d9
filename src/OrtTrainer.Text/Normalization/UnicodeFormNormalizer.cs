using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>Components NFC, NFD, NFKC and NFKD.</summary>
internal sealed class UnicodeFormNormalizer(UnicodeForm form) : Normalizer
{
    /// <summary>The form texts are brought to.</summary>
    public UnicodeForm Form => form;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text) => UnicodeNormalization.Apply(text, form);
}
