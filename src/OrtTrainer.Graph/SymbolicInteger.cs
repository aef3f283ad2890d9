using System.Globalization;

namespace OrtTrainer.Graph;

/// <summary>
/// An integer known while a graph is built: a number, or a size in terms of named axes, such as <c>batch</c> or
/// <c>batch*sequence</c>. Exported models compute their shapes from such integers, node by node.
/// </summary>
internal readonly record struct SymbolicInteger
{
    private SymbolicInteger(long number, string? symbol) => (Number, Symbol) = (number, symbol);

    /// <summary>The number; 0 where it is a symbol.</summary>
    public long Number { get; }

    /// <summary>The symbol of a size, never negative, or null where the number is known.</summary>
    public string? Symbol { get; }

    public bool IsNumber => Symbol is null;

    public static implicit operator SymbolicInteger(long number) => new(number, null);

    public static SymbolicInteger Of(Dimension dimension) =>
        new(dimension.IsFixed ? dimension.Size : 0, dimension.Symbol);

    /// <summary>As an axis; null where it is a negative number.</summary>
    public Dimension? ToDimension() =>
        Symbol is not null ? Dimension.Of(Symbol)
        : Number >= 0 ? Dimension.Of(Number)
        : (Dimension?)null;

    /// <summary>a + b, or null where it may be negative.</summary>
    public static SymbolicInteger? Add(SymbolicInteger a, SymbolicInteger b)
    {
        if (a.IsNumber && b.IsNumber)
        {
            return a.Number + b.Number;
        }

        if (a == 0 || b == 0)
        {
            return a == 0 ? b : a;
        }

        return a.Number < 0 || b.Number < 0
            ? null
            : new(0, $"({string.Join('+', Ordered([a.ToString(), b.ToString()]))})");
    }

    /// <summary>a - b where that can be told, else null.</summary>
    public static SymbolicInteger? Subtract(SymbolicInteger a, SymbolicInteger b) =>
        a == b ? 0 : b == 0 ? a : a.IsNumber && b.IsNumber ? a.Number - b.Number : null;

    /// <summary>a · b; null where a size is multiplied with a negative number.</summary>
    public static SymbolicInteger? Multiply(SymbolicInteger a, SymbolicInteger b)
    {
        long number = a.Coefficient() * b.Coefficient();
        string[] symbols = [.. Ordered([.. a.Factors(), .. b.Factors()])];
        return symbols.Length == 0 || number == 0 ? number : number < 0 ? null : Product(number, symbols);
    }

    /// <summary>a / b rounded towards zero, where that can be told, else null.</summary>
    public static SymbolicInteger? Divide(SymbolicInteger a, SymbolicInteger b)
    {
        if (b == 0)
        {
            return null;
        }

        if (a.IsNumber && b.IsNumber)
        {
            return a.Number / b.Number;
        }

        List<string> symbols = [.. a.Factors()];
        bool exact = b.Factors().All(symbols.Remove) && b.Coefficient() > 0 && a.Coefficient() % b.Coefficient() == 0;
        return exact ? Product(a.Coefficient() / b.Coefficient(), symbols) : null;
    }

    /// <summary>Whether a = b, or null where that depends on the run.</summary>
    public static bool? AreEqual(SymbolicInteger a, SymbolicInteger b) =>
        a == b ? true
        : a.IsNumber && b.IsNumber ? false
        : a.Number < 0 || b.Number < 0 ? false
        : null;

    public override string ToString() => Symbol ?? Number.ToString(CultureInfo.InvariantCulture);

    private static SymbolicInteger Product(long number, IReadOnlyList<string> symbols) =>
        symbols.Count == 0
            ? number
            : new SymbolicInteger(
                0,
                (number == 1 ? "" : number.ToString(CultureInfo.InvariantCulture) + "*") + string.Join('*', symbols));

    private static IEnumerable<string> Ordered(IEnumerable<string> parts) => parts.Order(StringComparer.Ordinal);

    private long Coefficient() => Symbol is null
        ? Number
        : long.TryParse(Symbol.Split('*')[0], CultureInfo.InvariantCulture, out long number) ? number : 1;

    /// <summary>The factors of a product that are not numbers; a sum in parentheses is one factor.</summary>
    private List<string> Factors()
    {
        List<string> factors = [];
        int depth = 0;
        int start = 0;
        string text = Symbol ?? "";
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == '*' && depth == 0))
            {
                factors.Add(text[start..i]);
                start = i + 1;
                continue;
            }

            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
        }

        return [.. factors.Where(f => f.Length > 0 && !long.TryParse(f, CultureInfo.InvariantCulture, out _))];
    }
}
