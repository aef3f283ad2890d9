using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrtTrainer.Common;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// Writes <c>.safetensors</c> files that Hugging Face's libraries read. The header is padded to a multiple of eight
/// bytes and wider elements come first, so that every tensor is aligned to its element size.
/// </summary>
internal static class SafetensorsWriter
{
    private static ReadOnlySpan<byte> Pad => "       "u8;

    /// <summary>What <c>transformers</c> asks for in <c>__metadata__</c> before it loads weights.</summary>
    public static IReadOnlyDictionary<string, string> PyTorchFormat { get; } =
        new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>
    /// Writes atomically: on any failure the file that was there stays. <paramref name="metadata"/> are strings for
    /// <c>__metadata__</c>, <see cref="PyTorchFormat"/> where null.
    /// </summary>
    /// <exception cref="ArgumentException">A name is used twice or is reserved.</exception>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public static void Write(
        string path, IEnumerable<TensorData> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, null, InFileOrder(tensors), metadata ?? PyTorchFormat);

    /// <summary>The length of the file that tensors make, in bytes.</summary>
    internal static long LengthOf(IEnumerable<TensorData> tensors)
    {
        TensorData[] ordered = InFileOrder(tensors);
        return BuildHeader(ordered, PyTorchFormat).Length + ordered.Sum(tensor => tensor.ByteLength);
    }

    /// <summary>The order in which tensors stand in the file.</summary>
    internal static TensorData[] InFileOrder(IEnumerable<TensorData> tensors) =>
        [.. tensors.OrderByDescending(tensor => tensor.ElementType.Size())];

    /// <summary>
    /// Writes tensors that are in file order; the old file is kept under another name where one is given.
    /// </summary>
    internal static void Write(
        string path, string? keepOldAs, TensorData[] ordered, IReadOnlyDictionary<string, string> metadata)
    {
        CheckNames(ordered);
        var header = BuildHeader(ordered, metadata);
        AtomicFile.Write(path, keepOldAs, stream =>
        {
            stream.Write(header);
            foreach (var tensor in ordered)
            {
                tensor.Visit(stream.Write);
            }
        });
    }

    private static void CheckNames(TensorData[] tensors)
    {
        var names = new HashSet<string> { SafetensorsHeader.MetadataKey };
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException(
                    $"The tensor name {tensor.Name} is used twice or reserved.", nameof(tensors));
            }
        }
    }

    private static byte[] BuildHeader(TensorData[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(stackalloc byte[sizeof(ulong)]);
        WriteJson(buffer, tensors, metadata);
        buffer.Write(Pad[..(-buffer.WrittenCount & 7)]);
        if (buffer.WrittenCount - sizeof(ulong) > SafetensorsHeader.LongestHeader)
        {
            throw new ArgumentException(
                $"Names and metadata take {buffer.WrittenCount} bytes; the limit is {SafetensorsHeader.LongestHeader}.",
                nameof(metadata));
        }

        var header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)header.Length - sizeof(ulong));
        return header;
    }

    private static void WriteJson(
        ArrayBufferWriter<byte> buffer, TensorData[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (metadata.Count > 0)
        {
            json.WriteStartObject(SafetensorsHeader.MetadataKey);
            foreach (var (key, value) in metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        var begin = 0L;
        foreach (var tensor in tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.ElementType.ToSafetensors());
            WriteNumbers(json, "shape", tensor.Shape);
            WriteNumbers(json, "data_offsets", [begin, begin + tensor.ByteLength]);
            json.WriteEndObject();
            begin += tensor.ByteLength;
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
