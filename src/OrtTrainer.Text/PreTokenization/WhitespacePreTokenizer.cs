using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>
/// Component Whitespace: runs of word characters (<c>\w+</c>) and runs of other visible characters (<c>[^\w\s]+</c>).
/// </summary>
internal sealed class WhitespacePreTokenizer : PreTokenizer
{
    private enum Kind
    {
        Space,
        Word,
        Other,
    }

    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts)
    {
        ReadOnlySpan<int> points = text.Points;
        for (int start = 0; start < points.Length;)
        {
            Kind kind = KindOf(points[start]);
            int end = start + 1;
            while (end < points.Length && KindOf(points[end]) == kind)
            {
                end++;
            }

            if (kind != Kind.Space)
            {
                parts.Add(text.Slice(start, end));
            }

            start = end;
        }
    }

    private static Kind KindOf(int point) =>
        UnicodeClass.IsWord(point) ? Kind.Word : UnicodeClass.IsWhiteSpace(point) ? Kind.Space : Kind.Other;
}
