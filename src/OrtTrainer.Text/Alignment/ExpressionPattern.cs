using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OrtTrainer.Text.Alignment;

/// <summary>
/// A regular expression. Most are matched in time proportional to the text; only those that look around or back can
/// take exponential time, and are stopped at a limit.
/// </summary>
internal sealed class ExpressionPattern(string expression, string place, TimeSpan limit) : TextPattern
{
    private readonly Regex _regex = Compile(expression, limit);

    /// <inheritdoc/>
    public override (string Kind, string Text) Source => ("Regex", expression);

    /// <inheritdoc/>
    public override IEnumerable<TextRange> Matches(int[] points)
    {
        long started = Stopwatch.GetTimestamp();
        string text = OneUnitPerPoint(points);
        for (Match match = Next(null); match.Success; match = Next(match))
        {
            if (match.Length > 0)
            {
                yield return new TextRange(match.Index, match.Index + match.Length);
            }
        }

        Match Next(Match? previous)
        {
            try
            {
                // The engine's own limit is for one match.
                return Stopwatch.GetElapsedTime(started) <= limit
                    ? previous?.NextMatch() ?? _regex.Match(text)
                    : throw TooSlow(points.Length);
            }
            catch (RegexMatchTimeoutException)
            {
                throw TooSlow(points.Length);
            }
        }
    }

    private static Regex Compile(string expression, TimeSpan limit)
    {
        try
        {
            return new Regex(expression, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, limit);
        }
        catch (NotSupportedException)
        {
            return new Regex(expression, RegexOptions.CultureInvariant, limit);
        }
    }

    private InvalidDataException TooSlow(int length) => new(FormattableString.Invariant(
        $"{place}: the regular expression {expression} took more than {limit.TotalSeconds} s over a text of {length} ")
        + "characters; write it without repetitions inside repetitions.");

    // .NET matches UTF-16 units, so that \p{L} never matches a letter beyond U+FFFF. A stand-in of the same
    // general category makes classes work there and every match position a code point position.
    private static string OneUnitPerPoint(int[] points) =>
        string.Create(points.Length, points, static (units, source) =>
        {
            for (int i = 0; i < units.Length; i++)
            {
                units[i] = source[i] <= char.MaxValue ? (char)source[i] : StandIn(source[i]);
            }
        });

    private static char StandIn(int point) => CharUnicodeInfo.GetUnicodeCategory(point) switch
    {
        UnicodeCategory.UppercaseLetter => '\u2C62',
        UnicodeCategory.LowercaseLetter => '\u2C78',
        UnicodeCategory.ModifierLetter => '\uA717',
        UnicodeCategory.OtherLetter => '\uA48C',
        UnicodeCategory.NonSpacingMark => '\uFE00',
        UnicodeCategory.SpacingCombiningMark => '\uA823',
        UnicodeCategory.DecimalDigitNumber => '\uA8D0',
        UnicodeCategory.LetterNumber => '\u2188',
        UnicodeCategory.OtherNumber => '\u2CFD',
        UnicodeCategory.OtherPunctuation => '\u2E4F',
        UnicodeCategory.DashPunctuation => '\u2E5D',
        UnicodeCategory.MathSymbol => '\u2AFF',
        UnicodeCategory.CurrencySymbol => '\u20C0',
        UnicodeCategory.ModifierSymbol => '\uAB6A',
        UnicodeCategory.Format => '\u2064',
        UnicodeCategory.PrivateUse => '\uF8FF',
        UnicodeCategory.OtherNotAssigned => '\uFFFE',
        _ => '\u2BFF',
    };
}
