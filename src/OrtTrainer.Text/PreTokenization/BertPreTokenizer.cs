using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>
/// Component BertPreTokenizer: words are separated by white space, each punctuation character is a word.
/// </summary>
internal sealed class BertPreTokenizer : PreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts)
    {
        int start = 0;
        ReadOnlySpan<int> points = text.Points;
        for (int i = 0; i < points.Length; i++)
        {
            bool isSpace = UnicodeClass.IsWhiteSpace(points[i]);
            if (!isSpace && !UnicodeClass.IsPunctuation(points[i]))
            {
                continue;
            }

            parts.Add(text.Slice(start, i));
            start = i + 1;
            if (!isSpace)
            {
                parts.Add(text.Slice(i, start));
            }
        }

        parts.Add(text.Slice(start, points.Length));
    }
}
