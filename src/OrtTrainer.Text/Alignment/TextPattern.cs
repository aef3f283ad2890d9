namespace OrtTrainer.Text.Alignment;

/// <summary>
/// What a Split or Replace component looks for: a literal text or a regular expression, over code points.
/// </summary>
internal abstract class TextPattern
{
    /// <summary>A literal text.</summary>
    public static TextPattern Literal(string text) => new LiteralPattern(CodePoints.From(text));

    /// <summary>A regular expression, in the common subset of Oniguruma and .NET.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="place">Where it was read, for complaints.</param>
    /// <param name="limit">The longest search of one text; null for 10 seconds.</param>
    /// <exception cref="ArgumentException">The expression is malformed.</exception>
    public static TextPattern Expression(
        string expression, string place = "the expression", TimeSpan? limit = null) =>
        new ExpressionPattern(expression, place, limit ?? TimeSpan.FromSeconds(10));

    /// <summary>How tokenizer.json writes it: String or Regex, and the text.</summary>
    public abstract (string Kind, string Text) Source { get; }

    /// <summary>The non-overlapping matches, left to right, as ranges of the given code points.</summary>
    /// <exception cref="InvalidDataException">An expression takes too long over the text.</exception>
    public abstract IEnumerable<TextRange> Matches(int[] points);

    private sealed class LiteralPattern(int[] literal) : TextPattern
    {
        public override (string Kind, string Text) Source => ("String", CodePoints.ToText(literal));

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
}
