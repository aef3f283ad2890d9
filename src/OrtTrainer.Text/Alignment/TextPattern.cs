using System.Globalization;
using System.Text.RegularExpressions;

namespace OrtTrainer.Text.Alignment;

/// <summary>
/// What a Split or Replace component looks for: a literal text or a regular expression, over code points.
/// </summary>
internal abstract class TextPattern
{
    /// <summary>A literal text.</summary>
    public static TextPattern Literal(string text) => new LiteralPattern(CodePoints.From(text));

    /// <summary>A regular expression, in the common subset of Oniguruma and .NET.</summary>
    public static TextPattern Expression(string expression) => new ExpressionPattern(expression);

    /// <summary>The non-overlapping matches, left to right, as ranges of the given code points.</summary>
    public abstract IEnumerable<TextRange> Matches(int[] points);

    private sealed class LiteralPattern(int[] literal) : TextPattern
    {
        public override IEnumerable<TextRange> Matches(int[] points)
        {
            if (literal.Length == 0)
            {
                yield break;
            }

            for (int i = 0; i + literal.Length <= points.Length;)
            {
                int next = points.AsSpan(i).IndexOf(literal);
                if (next < 0)
                {
                    yield break;
                }

                yield return new TextRange(i + next, i + next + literal.Length);
                i += next + literal.Length;
            }
        }
    }

    private sealed class ExpressionPattern(string expression) : TextPattern
    {
        private readonly Regex _regex = new(expression, RegexOptions.CultureInvariant);

        public override IEnumerable<TextRange> Matches(int[] points)
        {
            for (Match match = _regex.Match(OneUnitPerPoint(points)); match.Success; match = match.NextMatch())
            {
                if (match.Length > 0)
                {
                    yield return new TextRange(match.Index, match.Index + match.Length);
                }
            }
        }

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
}
