using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>Component Punctuation: cuts at punctuation.</summary>
internal sealed class PunctuationPreTokenizer(SplitBehavior behavior) : PreTokenizer
{
    /// <summary>What becomes of punctuation.</summary>
    public SplitBehavior Behavior => behavior;

    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts) =>
        text.SplitAt(UnicodeClass.IsPunctuation, behavior, parts);
}
