using System.Globalization;
using System.Text.RegularExpressions;
using System.Text;

namespace OrtTrainer.Evaluation.Texts;

/// <summary>The words of a text as <see cref="BleuTokenizer"/> says.</summary>
internal static partial class BleuWords
{
    public static string[] Of(string text, BleuTokenizer tokenizer)
    {
        string spaced = tokenizer switch
        {
            BleuTokenizer.Mteval13A => Mteval13A(text.TrimEnd()),
            BleuTokenizer.International => International(text.TrimEnd()),
            _ => text,
        };
        return spaced.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Mteval13A(string text)
    {
        string line = text.Replace("<skipped>", "", StringComparison.Ordinal)
            .Replace("-\n", "", StringComparison.Ordinal)
            .Replace('\n', ' ')
            .Replace("&quot;", "\"", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal);
        line = Marks().Replace($" {line} ", " $1 ");
        line = PointAfterOther().Replace(line, "$1 $2 ");
        line = PointBeforeOther().Replace(line, " $1 $2");
        return DashAfterDigit().Replace(line, "$1 $2 ");
    }

    /// <summary>Rune by rune: a pattern of .NET sees half of a symbol beyond the first 65,536.</summary>
    private static string International(string text)
    {
        List<Rune> runes = Pairs([.. text.EnumerateRunes()], (a, b) => !IsNumber(a) && IsPunctuation(b), "{0} {1} ");
        runes = Pairs(runes, (a, b) => IsPunctuation(a) && !IsNumber(b), " {0} {1}");
        return string.Concat(runes.Select(rune => IsSymbol(rune) ? $" {rune} " : rune.ToString()));
    }

    /// <summary>Replaces pairs of neighbours, left to right and without overlap, as a pattern would.</summary>
    private static List<Rune> Pairs(List<Rune> runes, Func<Rune, Rune, bool> matches, string format)
    {
        List<Rune> replaced = [];
        for (int i = 0; i < runes.Count; i++)
        {
            if (i + 1 < runes.Count && matches(runes[i], runes[i + 1]))
            {
                string pair = string.Format(CultureInfo.InvariantCulture, format, runes[i], runes[i + 1]);
                replaced.AddRange(pair.EnumerateRunes());
                i++;
            }
            else
            {
                replaced.Add(runes[i]);
            }
        }

        return replaced;
    }

    private static bool IsNumber(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsPunctuation(Rune rune) => Rune.IsPunctuation(rune);

    private static bool IsSymbol(Rune rune) => Rune.IsSymbol(rune);

    [GeneratedRegex(@"([\{-\~\[-\` -\&\(-\+\:-\@\/])")]
    private static partial Regex Marks();

    [GeneratedRegex(@"([^0-9])([\.,])")]
    private static partial Regex PointAfterOther();

    [GeneratedRegex(@"([\.,])([^0-9])")]
    private static partial Regex PointBeforeOther();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex DashAfterDigit();
}
