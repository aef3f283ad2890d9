namespace OrtTrainer.Text.Templates.Values;

/// <summary>Operators of Python on numbers, texts and lists.</summary>
internal static class Arithmetic
{
    private const int MostLetters = 1_000_000;

    /// <exception cref="TemplateException">The operator has no meaning for the two.</exception>
    public static object? Apply(string sign, object? left, object? right)
    {
        foreach (object? side in new[] { left, right })
        {
            if (side is Undefined missing)
            {
                throw missing.Missing;
            }
        }

        return (sign, left, right) switch
        {
            ("+", string a, string b) => a + b,
            ("+", Tuple a, Tuple b) => new Tuple([.. a, .. b]),
            ("+", List<object?> a, List<object?> b) when left is not Tuple && right is not Tuple =>
                new List<object?>([.. a, .. b]),
            ("*", string a, long times) => Repeated(a, times),
            ("*", long times, string a) => Repeated(a, times),
            _ when Truth.Number(left) is { } a && Truth.Number(right) is { } b => left is double || right is double
                ? Numbers(sign, a, b) ?? throw Meaningless()
                : Integers(sign, (long)a, (long)b) ?? throw Meaningless(),
            _ => throw Meaningless(),
        };

        TemplateException Meaningless() => new(
            $"'{sign}' has no meaning between {ValueText.Kind(left)} and {ValueText.Kind(right)}.");
    }

    private static string Repeated(string text, long times) => times * text.Length <= MostLetters
        ? string.Concat(Enumerable.Repeat(text, (int)Math.Max(times, 0)))
        : throw new TemplateException($"a text of more than {MostLetters} letters is asked for.");

    private static object? Integers(string sign, long a, long b) => sign switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => (double)a / NotZero(b),
        "//" => (long)Math.Floor((double)a / NotZero(b)),
        "%" => ((a % (long)NotZero(b)) + b) % b,
        _ => null,
    };

    private static object? Numbers(string sign, double a, double b) => sign switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / NotZero(b),
        "//" => Math.Floor(a / NotZero(b)),
        "%" => a - (NotZero(b) * Math.Floor(a / b)),
        _ => null,
    };

    private static double NotZero(double divisor) =>
        divisor != 0 ? divisor : throw new TemplateException("a number is divided by 0.");
}
