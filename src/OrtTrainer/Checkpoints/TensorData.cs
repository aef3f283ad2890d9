using System.Runtime.InteropServices;
using OrtTrainer.Runtime;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// One tensor to be written. Values are asked for when its turn comes and never copied, so that weights in native
/// memory of any total size can be written.
/// </summary>
internal sealed class TensorData
{
    // A span of bytes over more than 2^29 floats cannot exist, so values are handed on in pieces.
    private const int ChunkElements = 1 << 20;

    private readonly Action<SpanConsumer> _visit;
    private readonly long[] _shape;

    private TensorData(string name, ElementType elementType, ReadOnlySpan<long> shape, Action<SpanConsumer> visit)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!TensorInfo.TryCount(shape, out var count) || count > int.MaxValue)
        {
            throw new ArgumentException(
                $"Tensor {name} has the shape {TensorInfo.DescribeShape(shape)}; "
                    + $"dimensions must be at least 0 and their product at most {int.MaxValue}.",
                nameof(shape));
        }

        Name = name;
        ElementType = elementType;
        _shape = shape.ToArray();
        ElementCount = (int)count;
        _visit = visit;
    }

    internal delegate void SpanConsumer(ReadOnlySpan<byte> bytes);

    public string Name { get; }

    public ElementType ElementType { get; }

    public ReadOnlySpan<long> Shape => _shape;

    public int ElementCount { get; }

    internal long ByteLength => (long)ElementCount * ElementType.Size();

    /// <summary>
    /// Float32 values that <paramref name="values"/> gives, in row-major order, each time they are needed.
    /// </summary>
    /// <exception cref="InvalidOperationException">On writing: too few or too many values were given.</exception>
    public static TensorData Floats(string name, ReadOnlySpan<long> shape, Func<ReadOnlySpan<float>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var count = TensorInfo.TryCount(shape, out var product) ? product : -1;
        return new TensorData(name, ElementType.Float32, shape, consume => Visit(name, count, values(), consume));
    }

    /// <summary>
    /// Float32 values of a buffer from <paramref name="offset"/> on, in row-major order, read when they are needed.
    /// </summary>
    public static TensorData Floats(string name, ReadOnlySpan<long> shape, WeightBuffer values, long offset)
    {
        int count = TensorInfo.TryCount(shape, out var product) && product <= int.MaxValue ? (int)product : -1;
        return new TensorData(name, ElementType.Float32, shape, consume =>
            values.Read(offset, count, elements => Visit(name, count, elements, consume)));
    }

    public static TensorData Floats(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<float> values) =>
        Floats(name, shape, () => values.Span);

    /// <summary>A tensor of a file as it is there, read when it is needed.</summary>
    public static TensorData Of(Checkpoint file, TensorInfo info) =>
        new(info.Name, info.ElementType, info.Shape.AsSpan(), consume =>
        {
            Checkpoint.ElementReader read = file.OpenElements(info);
            byte[] piece = new byte[Math.Min(info.ByteLength, ChunkElements)];
            for (long at = 0; at < info.ByteLength; at += piece.Length)
            {
                Span<byte> next = piece.AsSpan(0, (int)Math.Min(piece.Length, info.ByteLength - at));
                read(at, next);
                consume(next);
            }
        });

    /// <summary>The same tensor under another name.</summary>
    public TensorData Named(string name) => new(name, ElementType, _shape, _visit);

    /// <summary>Values in half precision.</summary>
    public static TensorData Halves(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<Half> values) =>
        Of(name, shape, ElementType.Float16, values);

    /// <summary>Values in half precision that <paramref name="values"/> gives each time they are needed.</summary>
    public static TensorData Halves(string name, ReadOnlySpan<long> shape, Func<Half[]> values) =>
        Made(name, shape, ElementType.Float16, values);

    /// <summary>8-bit integers that <paramref name="values"/> gives each time they are needed.</summary>
    public static TensorData Int8s(string name, ReadOnlySpan<long> shape, Func<sbyte[]> values) =>
        Made(name, shape, ElementType.Int8, values);

    /// <summary>Small indices.</summary>
    public static TensorData UInt16s(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<ushort> values) =>
        Of(name, shape, ElementType.UInt16, values);

    /// <summary>Int64 values, such as position ids.</summary>
    public static TensorData Int64s(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<long> values) =>
        Of(name, shape, ElementType.Int64, values);

    /// <summary>Hands all bytes, in order, to <paramref name="consume"/>, in pieces of a few megabytes.</summary>
    internal void Visit(SpanConsumer consume) => _visit(consume);

    private static TensorData Made<T>(string name, ReadOnlySpan<long> shape, ElementType type, Func<T[]> values)
        where T : unmanaged
    {
        var count = TensorInfo.TryCount(shape, out var product) ? product : -1;
        return new TensorData(name, type, shape, consume => Visit<T>(name, count, values(), consume));
    }

    private static TensorData Of<T>(
        string name, ReadOnlySpan<long> shape, ElementType type, ReadOnlyMemory<T> values)
        where T : unmanaged
    {
        var count = TensorInfo.TryCount(shape, out var product) ? product : -1;
        return new TensorData(name, type, shape, consume => Visit(name, count, values.Span, consume));
    }

    private static void Visit<T>(string name, long count, ReadOnlySpan<T> values, SpanConsumer consume)
        where T : unmanaged
    {
        if (values.Length != count)
        {
            throw new InvalidOperationException(
                $"Tensor {name} gave {values.Length} values; its shape asks for {count}.");
        }

        while (values.Length > 0)
        {
            var chunk = values[..Math.Min(values.Length, ChunkElements)];
            consume(MemoryMarshal.AsBytes(chunk));
            values = values[chunk.Length..];
        }
    }
}
