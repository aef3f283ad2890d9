using System.Globalization;

namespace OrtTrainer.Graph;

/// <summary>
/// One axis of a shape: a fixed size, or a named size known only when the graph runs. Two axes with the same name have
/// the same size; a name never stands for 1 where another size is meant (no run-time broadcasting).
/// </summary>
public readonly record struct Dimension
{
    private Dimension(long size, string? symbol) => (Size, Symbol) = (size, symbol);

    /// <summary>The size, or -1 where the axis is named.</summary>
    public long Size { get; }

    /// <summary>The name, or null where the size is fixed.</summary>
    public string? Symbol { get; }

    /// <summary>Whether the size is fixed.</summary>
    public bool IsFixed => Symbol is null;

    /// <summary>
    /// Whether nothing is known of the size: inference made its name up, and it may equal any other, 1 too.
    /// </summary>
    public bool IsUnknown => Symbol is not null && Symbol.Contains(UnknownMark);

    /// <summary>What names of unknown sizes contain, and no others should.</summary>
    internal const char UnknownMark = '?';

    public static implicit operator Dimension(long size) => Of(size);

    public static implicit operator Dimension(string symbol) => Of(symbol);

    /// <summary>A fixed size.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is negative.</exception>
    public static Dimension Of(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return new(size, null);
    }

    /// <summary>A named size.</summary>
    public static Dimension Of(string symbol)
    {
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        return new(-1, symbol);
    }

    /// <summary>Whether the sizes may turn out the same at run time: they are equal, or one is unknown.</summary>
    public bool Fits(Dimension other) => this == other || IsUnknown || other.IsUnknown;

    public override string ToString() => Symbol ?? Size.ToString(CultureInfo.InvariantCulture);
}
