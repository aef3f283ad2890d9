using System.Text;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>The words of a plain text: runs of letters, digits and marks, and every other visible character by
/// itself.</summary>
internal static class PlainWords
{
    /// <summary>The places of the words, in code points.</summary>
    /// <param name="text">The text.</param>
    /// <param name="borders">Where a word ends in any case, in code points.</param>
    public static IEnumerable<TextRange> Of(string text, IReadOnlySet<int> borders)
    {
        int position = 0;
        int start = -1;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool joins = Rune.IsLetterOrDigit(rune) || IsMark(rune);
            if (start >= 0 && (!joins || borders.Contains(position)))
            {
                yield return new TextRange(start, position);
                start = -1;
            }

            if (joins)
            {
                start = start < 0 ? position : start;
            }
            else if (!Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune))
            {
                yield return new TextRange(position, position + 1);
            }

            position++;
        }

        if (start >= 0)
        {
            yield return new TextRange(start, position);
        }
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is System.Globalization.UnicodeCategory.NonSpacingMark
        or System.Globalization.UnicodeCategory.SpacingCombiningMark
        or System.Globalization.UnicodeCategory.EnclosingMark;
}
