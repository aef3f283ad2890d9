using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>Component Split: cuts at the matches of a pattern or, inverted, at what lies between them.</summary>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts) =>
        text.SplitAt(pattern.Matches(text.Points.ToArray()), behavior, parts, invert);
}
