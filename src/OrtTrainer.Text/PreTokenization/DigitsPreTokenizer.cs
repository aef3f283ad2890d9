using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>Component Digits: sets numbers apart, all together or digit by digit.</summary>
internal sealed class DigitsPreTokenizer(bool individual) : PreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts) =>
        text.SplitAt(UnicodeClass.IsNumber, individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous, parts);
}
