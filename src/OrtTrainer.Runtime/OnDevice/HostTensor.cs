using System.Buffers;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.OnDevice;

/// <summary>A tensor in the memory of the host: int64 or float32, row-major.</summary>
public sealed class HostTensor
{
    private HostTensor(Array values, ElementType type, nuint byteLength, long[] shape)
    {
        long count = shape.Aggregate(1L, (n, size) => n * size);
        (Values, ElementType, ByteLength, Shape) = count == values.LongLength
            ? (values, type, byteLength, shape)
            : throw new ArgumentException(
                $"There are {values.LongLength} values for the shape [{string.Join(", ", shape)}].", nameof(values));
    }

    /// <summary>The elements: an array of long or float.</summary>
    public Array Values { get; }

    /// <summary>Their type.</summary>
    public ElementType ElementType { get; }

    /// <summary>Their sizes; none for a single number.</summary>
    public long[] Shape { get; }

    /// <summary>All bytes.</summary>
    internal nuint ByteLength { get; }

    /// <summary>Integers of 64 bits.</summary>
    /// <exception cref="ArgumentException">Their number is not that of the shape.</exception>
    public static HostTensor Of(long[] values, params long[] shape) =>
        new(values, ElementType.Int64, (nuint)values.LongLength * sizeof(long), shape);

    /// <summary>Numbers in float32.</summary>
    /// <exception cref="ArgumentException">Their number is not that of the shape.</exception>
    public static HostTensor Of(float[] values, params long[] shape) =>
        new(values, ElementType.Float, (nuint)values.LongLength * sizeof(float), shape);

    /// <summary>Keeps the elements where they are.</summary>
    internal MemoryHandle Pin() => Values is long[] integers
        ? integers.AsMemory().Pin()
        : ((float[])Values).AsMemory().Pin();
}
