using OrtTrainer.Text;

namespace OrtTrainer.Common;

/// <summary>Places in a text counted in Unicode code points, as tokenizers and data sets count them.</summary>
internal static class CodePoints
{
    /// <summary>How many code points there are; a lone surrogate is one.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (System.Text.Rune _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    /// <summary>The UTF-16 index of a code point; the length of the text where it has fewer.</summary>
    public static int IndexOf(string text, int codePoint)
    {
        int index = 0;
        for (int passed = 0; passed < codePoint && index < text.Length; passed++)
        {
            index += char.IsSurrogatePair(text, index) ? 2 : 1;
        }

        return index;
    }

    /// <summary>The part of a text.</summary>
    public static string Cut(string text, TextRange place)
    {
        int start = IndexOf(text, place.Start);
        return text[start..(start + IndexOf(text[start..], place.Length))];
    }
}
