using System.Collections.Immutable;

namespace OrtTrainer.Checkpoints;

/// <summary>Name, type, shape and place of one tensor in a file; holds no values.</summary>
internal sealed class TensorInfo
{
    internal TensorInfo(
        string name, ElementType elementType, ImmutableArray<long> shape, string file, long offset, long byteLength)
    {
        Name = name;
        ElementType = elementType;
        Shape = shape;
        File = file;
        Offset = offset;
        ByteLength = byteLength;
    }

    public string Name { get; }

    public ElementType ElementType { get; }

    /// <summary>Dimensions, outermost first; empty for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Full path of the file with the values, a shard for instance.</summary>
    public string File { get; }

    /// <summary>First byte of the first element, counted from the beginning of <see cref="File"/>.</summary>
    public long Offset { get; }

    /// <summary>Bytes of all elements: <see cref="ElementCount"/> times the element's size.</summary>
    public long ByteLength { get; }

    public long ElementCount => ByteLength / ElementType.Size();

    /// <summary>For example <c>encoder.weight: Float32 [384, 1536]</c>.</summary>
    public override string ToString() => $"{Name}: {ElementType} {DescribeShape(Shape.AsSpan())}";

    /// <summary>A shape as messages show it: <c>[384, 1536]</c>.</summary>
    internal static string DescribeShape(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>The product of the dimensions; false where one is negative or the product does not fit.</summary>
    internal static bool TryCount(ReadOnlySpan<long> shape, out long count)
    {
        count = 1;
        foreach (var dimension in shape)
        {
            var product = (Int128)count * dimension;
            if (dimension < 0 || product > long.MaxValue)
            {
                return false;
            }

            count = (long)product;
        }

        return true;
    }
}
