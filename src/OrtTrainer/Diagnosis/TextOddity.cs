using System.Text.RegularExpressions;
using OrtTrainer.Data;

namespace OrtTrainer.Diagnosis;

/// <summary>A sign that a text was read or copied wrongly.</summary>
/// <param name="Split">The part of the data.</param>
/// <param name="Line">The line it starts on, from 1.</param>
/// <param name="Kind">What is odd, in words.</param>
internal sealed partial record TextOddity(string Split, int Line, string Kind)
{
    /// <summary>What is odd about a row.</summary>
    public static IEnumerable<TextOddity> In(string split, Example example)
    {
        foreach (string kind in KindsOf(TextKeys.Exact(example)))
        {
            yield return new TextOddity(split, example.Line, kind);
        }

        if (example.Label is { Length: > 0 } label && label.Trim().Length < label.Length)
        {
            yield return new TextOddity(
                split, example.Line, "white space round the label, which is dropped where labels are read");
        }
    }

    private static IEnumerable<string> KindsOf(string text)
    {
        if (text.Contains('\uFFFD', StringComparison.Ordinal))
        {
            yield return "replacement characters (U+FFFD): bytes that were not UTF-8";
        }

        if (DoublyEncoded().IsMatch(text))
        {
            yield return "UTF-8 read as Latin-1, such as Ã© for é";
        }

        if (Entity().IsMatch(text))
        {
            yield return "HTML entities or tags";
        }

        // The mark between the texts of a pair is one of these characters.
        if (text.Any(character => char.IsControl(character) && character is not ('\t' or '\n' or '\r' or '\u001F')))
        {
            yield return "control characters";
        }
    }

    [GeneratedRegex("Ã[\u0080-\u00BF]|Â[\u00A0-\u00BF]|â\u20AC", RegexOptions.CultureInvariant)]
    private static partial Regex DoublyEncoded();

    [GeneratedRegex("&(amp|lt|gt|quot|nbsp|#[0-9]+);|<(br|p|div|span|a)[ />]", RegexOptions.CultureInvariant)]
    private static partial Regex Entity();
}
