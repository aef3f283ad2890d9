using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>Component WhitespaceSplit: words are separated by white space.</summary>
internal sealed class WhitespaceSplitPreTokenizer : PreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts) =>
        text.SplitAt(UnicodeClass.IsWhiteSpace, SplitBehavior.Removed, parts);
}
