using System.Buffers;
using System.Runtime.InteropServices;
using OrtTrainer.Runtime;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// Named tensors in one file or several shards. Opening reads names, types and shapes only; values are read straight
/// into the caller's memory. Reading from several threads at once is allowed.
/// </summary>
internal abstract class Checkpoint : IDisposable
{
    // Small enough to stay in the second-level cache between reading and converting.
    private const int ChunkElements = 1 << 16;

    private static readonly (string Name, Func<string, Checkpoint> Open)[] Formats =
    [
        ("model.safetensors", ScaledTensors.OpenFile),
        ("model.safetensors.index.json", path => ShardedCheckpoint.OpenIndex(path, SafetensorsFile.OpenFile)),
        ("pytorch_model.bin", PyTorchFile.OpenFile),
        ("pytorch_model.bin.index.json", path => ShardedCheckpoint.OpenIndex(path, PyTorchFile.OpenFile)),
    ];

    private protected Checkpoint(string path) => Path = path;

    /// <summary>
    /// Copies the bytes of a tensor's elements, in row-major order, from byte <c>offset</c> of the tensor on.
    /// </summary>
    internal delegate void ElementReader(long offset, Span<byte> destination);

    /// <summary>Full path of the weight file or of the index that lists the shards.</summary>
    public string Path { get; }

    /// <summary>Names of all tensors, in the file's order.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>
    /// Opens a Hugging Face folder's weights: the first of <c>model.safetensors</c>,
    /// <c>model.safetensors.index.json</c>, <c>pytorch_model.bin</c> and <c>pytorch_model.bin.index.json</c> that is
    /// there.
    /// </summary>
    /// <exception cref="CheckpointException">None is there, or the one that is there is damaged.</exception>
    public static Checkpoint Open(string modelFolder)
    {
        var folder = System.IO.Path.GetFullPath(modelFolder);
        foreach (var (name, open) in Formats)
        {
            var path = System.IO.Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return open(path);
            }
        }

        throw new CheckpointException(
            folder, null, Directory.Exists(folder) ? "no weights" : "no such folder",
            $"one of {string.Join(", ", Formats.Select(format => format.Name))}",
            "Give the folder that holds the model's config.json and weights.");
    }

    public abstract bool TryGet(string name, out TensorInfo info);

    /// <summary>The tensor of that name and shape.</summary>
    /// <exception cref="CheckpointException">It is absent or has another shape.</exception>
    public TensorInfo Require(string name, params ReadOnlySpan<long> shape)
    {
        var info = Find(name);
        if (!shape.SequenceEqual(info.Shape.AsSpan()))
        {
            throw new CheckpointException(
                info.File, $"tensor {CheckpointException.Quote(name)}",
                $"shape {TensorInfo.DescribeShape(info.Shape.AsSpan())}", $"shape {TensorInfo.DescribeShape(shape)}",
                "Check that config.json and the weights belong to the same model.");
        }

        return info;
    }

    /// <summary>Reads all elements in row-major order as float32, converting from whatever type is stored.</summary>
    /// <exception cref="CheckpointException">The tensor is absent or its bytes cannot be read.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is not as long as the tensor.</exception>
    public void ReadFloats(string name, Span<float> destination)
    {
        var info = Find(name);
        CheckLength(info, destination.Length);
        var read = OpenElements(info);
        if (info.ElementType == ElementType.Float32)
        {
            for (var start = 0; start < destination.Length; start += ChunkElements)
            {
                var chunk = destination[start..Math.Min(start + ChunkElements, destination.Length)];
                read((long)start * sizeof(float), MemoryMarshal.AsBytes(chunk));
            }

            return;
        }

        Convert(info, read, destination, static (type, bytes, values) =>
        {
            ElementConversion.ToFloats(type, bytes, values);
            return true;
        });
    }

    /// <summary>Reads all elements in row-major order into a buffer, from <paramref name="offset"/> on.</summary>
    /// <exception cref="CheckpointException">The tensor is absent or its bytes cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tensor leaves the buffer.</exception>
    public void ReadFloats(string name, WeightBuffer destination, long offset) =>
        destination.Write(offset, checked((int)Find(name).ElementCount), values => ReadFloats(name, values));

    /// <summary>Reads all elements of an integer or boolean tensor in row-major order.</summary>
    /// <inheritdoc cref="ReadFloats(string, Span{float})" path="/exception"/>
    public void ReadInt64s(string name, Span<long> destination)
    {
        var info = Find(name);
        CheckLength(info, destination.Length);
        Convert(info, OpenElements(info), destination, ElementConversion.TryToInt64s);
    }

    public abstract void Dispose();

    internal abstract ElementReader OpenElements(TensorInfo info);

    private delegate bool Conversion<T>(ElementType type, ReadOnlySpan<byte> source, Span<T> destination);

    private static void Convert<T>(
        TensorInfo info, ElementReader read, Span<T> destination, Conversion<T> convert)
    {
        var size = info.ElementType.Size();
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(destination.Length, ChunkElements) * size);
        try
        {
            for (var start = 0; start < destination.Length; start += ChunkElements)
            {
                var count = Math.Min(ChunkElements, destination.Length - start);
                var bytes = buffer.AsSpan(0, count * size);
                read((long)start * size, bytes);
                if (!convert(info.ElementType, bytes, destination.Slice(start, count)))
                {
                    throw new CheckpointException(
                        info.File, $"tensor {CheckpointException.Quote(info.Name)}",
                        $"elements of type {info.ElementType}",
                        "integers that fit into 64 bits", "Read this tensor as floats, or check the file.");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void CheckLength(TensorInfo info, int length)
    {
        if (info.ElementCount != length)
        {
            throw new ArgumentException(
                $"{info} has {info.ElementCount} elements, the destination {length}; size it by ElementCount.",
                "destination");
        }
    }

    private TensorInfo Find(string name)
    {
        if (TryGet(name, out var info))
        {
            return info;
        }

        // A missing or extra prefix ("bert.") is the usual reason, so name the tensor that differs only by one.
        var similar = Names.FirstOrDefault(
            other => other.EndsWith("." + name, StringComparison.Ordinal)
                || name.EndsWith("." + other, StringComparison.Ordinal));
        var found = similar is null ? "" : $", one of them {CheckpointException.Quote(similar)}";
        throw new CheckpointException(
            Path, $"tensor {CheckpointException.Quote(name)}", $"{Names.Count} tensors, none of that name{found}",
            "a tensor of that name", "Check that the weights belong to this architecture and task.");
    }
}
