using System.Text;
using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>
/// GPT-2's word pattern, <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, read by
/// hand.
/// </summary>
internal static class Gpt2Pattern
{
    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    /// <summary>One past the last code point of the word that begins at <paramref name="start"/>.</summary>
    public static int NextWord(ReadOnlySpan<int> points, int start)
    {
        int contraction = Contraction(points[start..]);
        if (contraction > 0)
        {
            return start + contraction;
        }

        int first = points[start] == ' ' && start + 1 < points.Length ? start + 1 : start;
        Kind kind = KindOf(points[first]);
        if (kind == Kind.Space)
        {
            return SpacesEnd(points, start);
        }

        int end = first + 1;
        while (end < points.Length && KindOf(points[end]) == kind)
        {
            end++;
        }

        return end;
    }

    /// <summary>The length in UTF-16 units of the word that a text begins with; the text is not empty.</summary>
    public static int NextWordLength(ReadOnlySpan<char> text)
    {
        int contraction = Contraction(text);
        if (contraction > 0)
        {
            return contraction;
        }

        int first = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        Kind kind = KindAt(text, first, out int length);
        int last = first;
        int end = first + length;
        while (end < text.Length && KindAt(text, end, out length) == kind)
        {
            last = end;
            end += length;
        }

        // White space before a word leaves its last character to that word.
        return kind == Kind.Space && end < text.Length && last > 0 ? last : end;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        Rune.DecodeFromUtf16(text[index..], out Rune rune, out length);
        return KindOf(rune.Value);
    }

    // White space before a word leaves its last character to that word.
    private static int SpacesEnd(ReadOnlySpan<int> points, int start)
    {
        int end = start + 1;
        while (end < points.Length && KindOf(points[end]) == Kind.Space)
        {
            end++;
        }

        return end < points.Length && end - start > 1 ? end - 1 : end;
    }

    private static int Contraction(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };

    private static int Contraction(ReadOnlySpan<int> points) => points switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };

    private static Kind KindOf(int point) =>
        UnicodeClass.IsLetter(point) ? Kind.Letter
        : UnicodeClass.IsNumber(point) ? Kind.Number
        : UnicodeClass.IsWhiteSpace(point) ? Kind.Space
        : Kind.Other;
}
