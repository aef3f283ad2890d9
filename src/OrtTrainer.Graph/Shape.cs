using System.Collections;

namespace OrtTrainer.Graph;

/// <summary>The shape of a tensor: its axes, outermost first.</summary>
public sealed class Shape : IReadOnlyList<Dimension>, IEquatable<Shape>
{
    private readonly Dimension[] _dimensions;

    public Shape(params Dimension[] dimensions) => _dimensions = [.. dimensions];

    public Shape(IEnumerable<Dimension> dimensions) => _dimensions = [.. dimensions];

    /// <summary>The shape of a single number.</summary>
    public static Shape Scalar { get; } = new();

    /// <summary>The number of axes.</summary>
    public int Rank => _dimensions.Length;

    int IReadOnlyCollection<Dimension>.Count => _dimensions.Length;

    /// <summary>Whether every axis has a fixed size.</summary>
    public bool IsFixed => _dimensions.All(d => d.IsFixed);

    /// <summary>The axis at <paramref name="index"/>; negative counts from the end.</summary>
    public Dimension this[int index] => _dimensions[index < 0 ? index + _dimensions.Length : index];

    /// <summary>The number of elements of a fixed shape.</summary>
    /// <exception cref="InvalidOperationException">An axis is named.</exception>
    public long ElementCount => IsFixed
        ? _dimensions.Aggregate(1L, (count, d) => checked(count * d.Size))
        : throw new InvalidOperationException(
            $"The shape {this} has a named axis; its number of elements is not known.");

    /// <summary>A fixed shape.</summary>
    public static Shape Of(ReadOnlySpan<long> sizes)
    {
        Dimension[] dimensions = new Dimension[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            dimensions[i] = sizes[i];
        }

        return new(dimensions);
    }

    /// <summary>The axis index from 0 that <paramref name="axis"/>, maybe negative, means.</summary>
    /// <exception cref="GraphException">The shape has no such axis.</exception>
    public int NormalizeAxis(long axis)
    {
        long normal = axis < 0 ? axis + Rank : axis;
        return normal >= 0 && normal < Rank
            ? (int)normal
            : throw new GraphException($"Axis {axis} is outside the shape {this}, which has {Rank} axes.");
    }

    /// <summary>This shape with the axis at <paramref name="index"/> replaced.</summary>
    public Shape With(int index, Dimension dimension)
    {
        Dimension[] dimensions = [.. _dimensions];
        dimensions[index < 0 ? index + Rank : index] = dimension;
        return new(dimensions);
    }

    /// <summary>
    /// Whether the shapes may turn out the same at run time: axis by axis equal, or one of the two unknown.
    /// </summary>
    public bool Fits(Shape other) => Rank == other.Rank
        && _dimensions.Zip(other._dimensions).All(pair => pair.First.Fits(pair.Second));

    /// <summary>The fixed sizes.</summary>
    /// <exception cref="InvalidOperationException">An axis is named.</exception>
    public long[] ToSizes() => IsFixed
        ? [.. _dimensions.Select(d => d.Size)]
        : throw new InvalidOperationException($"The shape {this} has a named axis.");

    public bool Equals(Shape? other) => other is not null && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode() => _dimensions.Aggregate(17, HashCode.Combine);

    public IEnumerator<Dimension> GetEnumerator() => ((IEnumerable<Dimension>)_dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _dimensions.GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", _dimensions)}]";
}
