using System.Runtime.InteropServices;
using Google.Protobuf;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph;

/// <summary>Makes and reads ONNX tensors.</summary>
public static class TensorContent
{
    /// <summary>Integer constants up to this many elements are kept for shape inference.</summary>
    internal const int SmallIntegerCount = 64;

    /// <summary>A float tensor; <paramref name="data"/> is row-major.</summary>
    /// <exception cref="ArgumentException">The number of elements is not that of the shape.</exception>
    public static TensorProto Float(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> data) =>
        Create(name, ElementType.Float, shape, data);

    /// <summary>A double tensor; <paramref name="data"/> is row-major.</summary>
    /// <exception cref="ArgumentException">The number of elements is not that of the shape.</exception>
    public static TensorProto Double(string name, ReadOnlySpan<long> shape, ReadOnlySpan<double> data) =>
        Create(name, ElementType.Double, shape, data);

    /// <summary>An integer tensor; <paramref name="data"/> is row-major.</summary>
    /// <exception cref="ArgumentException">The number of elements is not that of the shape.</exception>
    public static TensorProto Int64(string name, ReadOnlySpan<long> shape, ReadOnlySpan<long> data) =>
        Create(name, ElementType.Int64, shape, data);

    /// <summary>The type of a stored tensor.</summary>
    public static TensorType ValueType(this TensorProto tensor) =>
        new((ElementType)tensor.DataType, Shape.Of([.. tensor.Dims]));

    /// <summary>The elements of an integer tensor, whichever field of the message holds them.</summary>
    /// <exception cref="GraphException">The tensor is not int64, or its bytes do not fit its shape.</exception>
    public static long[] ReadInt64(this TensorProto tensor) => tensor.DataType == (int)ElementType.Int64
        ? Read(tensor, tensor.Int64Data)
        : throw new GraphException(
            $"The tensor '{tensor.Name}' is {(ElementType)tensor.DataType}; Int64 was expected.");

    /// <summary>The elements of a float tensor, whichever field of the message holds them.</summary>
    /// <exception cref="GraphException">The tensor is not float, or its bytes do not fit its shape.</exception>
    public static float[] ReadFloat(this TensorProto tensor) => tensor.DataType == (int)ElementType.Float
        ? Read(tensor, tensor.FloatData)
        : throw new GraphException(
            $"The tensor '{tensor.Name}' is {(ElementType)tensor.DataType}; Float was expected.");

    /// <summary>The columns of a matrix [rows, columns] as rows.</summary>
    public static float[] Transposed(float[] matrix, long rows, long columns)
    {
        float[] transposed = new float[matrix.Length];
        for (long row = 0; row < rows; row++)
        {
            for (long column = 0; column < columns; column++)
            {
                transposed[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return transposed;
    }

    /// <summary>The elements of a short int64, int32 or Boolean tensor, or null for any other.</summary>
    internal static IReadOnlyList<SymbolicInteger?>? SmallIntegers(this TensorProto tensor)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External
            || tensor.ValueType().Shape.ElementCount > SmallIntegerCount)
        {
            return null;
        }

        long[]? numbers = (ElementType)tensor.DataType switch
        {
            ElementType.Int64 => tensor.ReadInt64(),
            ElementType.Int32 => [.. Read(tensor, tensor.Int32Data).Select(i => (long)i)],
            ElementType.Bool => [.. Read(tensor, [.. tensor.Int32Data.Select(i => (byte)i)]).Select(i => (long)i)],
            _ => null,
        };
        return numbers is null ? null : [.. numbers.Select(n => (SymbolicInteger?)n)];
    }

    private static TensorProto Create<T>(string name, ElementType type, ReadOnlySpan<long> shape, ReadOnlySpan<T> data)
        where T : unmanaged
    {
        long count = Shape.Of(shape).ElementCount;
        if (count != data.Length)
        {
            throw new ArgumentException(
                $"The tensor '{name}' of shape {Shape.Of(shape)} has {count} elements, but {data.Length} were given.");
        }

        TensorProto tensor = new() { Name = name, DataType = (int)type };
        tensor.Dims.AddRange(shape.ToArray());
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(data));
        return tensor;
    }

    private static T[] Read<T>(TensorProto tensor, IReadOnlyCollection<T> typed)
        where T : unmanaged
    {
        long count = tensor.ValueType().Shape.ElementCount;
        T[] data = tensor.HasRawData ? MemoryMarshal.Cast<byte, T>(tensor.RawData.Span).ToArray() : [.. typed];
        return data.Length == count
            ? data
            : throw new GraphException(
                $"The tensor '{tensor.Name}' of shape {tensor.ValueType().Shape} has {count} elements, " +
                $"but its data holds {data.Length}.");
    }
}
