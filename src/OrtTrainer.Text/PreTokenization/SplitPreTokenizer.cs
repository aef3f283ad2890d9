using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>Component Split: cuts at the matches of a pattern or, inverted, at what lies between them.</summary>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts)
    {
        IEnumerable<TextRange> matches = pattern.Matches(text.Points.ToArray());
        text.SplitAt(invert ? Gaps(matches, text.Length) : matches, behavior, parts);
    }

    private static IEnumerable<TextRange> Gaps(IEnumerable<TextRange> matches, int length)
    {
        int end = 0;
        foreach (TextRange match in matches)
        {
            if (match.Start > end)
            {
                yield return new TextRange(end, match.Start);
            }

            end = match.End;
        }

        if (end < length)
        {
            yield return new TextRange(end, length);
        }
    }
}
