using System.Buffers.Binary;
using System.Text.Json;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// The header of a safetensors file: eight bytes of length, then JSON. Tensors must fill the rest of the file without
/// gaps or overlaps, as the format asks (https://huggingface.co/docs/safetensors).
/// </summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataKey = "__metadata__";

    /// <summary>The reference implementation's limit on the header's length.</summary>
    public const int LongestHeader = 100_000_000;

    private const int LengthBytes = 8;
    private const string Damaged = "The file is truncated or damaged: download or copy it again.";

    private SafetensorsHeader(IReadOnlyList<TensorInfo> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>In order of their bytes.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The header's free strings; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="CheckpointException">Any rule of the format is broken.</exception>
    public static SafetensorsHeader Read(CheckpointBytes file)
    {
        var json = ReadJson(file);
        var dataStart = LengthBytes + (long)json.Length;
        SafetensorsJson.Content content;
        try
        {
            content = SafetensorsJson.Parse(json, file.Path, dataStart);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Utf8JsonReader reports invalid UTF-8 within a string as InvalidOperationException.
            throw new CheckpointException(
                file.Path, "header", $"invalid JSON ({e.Message})", "a JSON object of tensors", Damaged, e);
        }

        var tensors = content.Tensors.OrderBy(t => t.Offset).ThenBy(t => t.ByteLength).ToArray();
        CheckLayout(file, tensors, dataStart);
        return new SafetensorsHeader(tensors, content.Metadata);
    }

    private static byte[] ReadJson(CheckpointBytes file)
    {
        Span<byte> prefix = stackalloc byte[LengthBytes];
        file.Read(0, prefix, "header length");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        var limit = (ulong)Math.Min(file.Length - LengthBytes, LongestHeader);
        if (length > limit)
        {
            throw new CheckpointException(
                file.Path, "header length", $"{length} bytes in a file of {file.Length}", $"at most {limit}",
                "The file is truncated, damaged or no safetensors file: download or copy it again.");
        }

        var json = new byte[length];
        file.Read(LengthBytes, json, "header");
        return json;
    }

    private static void CheckLayout(CheckpointBytes file, TensorInfo[] tensors, long dataStart)
    {
        var end = dataStart;
        foreach (var tensor in tensors)
        {
            if (tensor.Offset != end)
            {
                throw new CheckpointException(
                    file.Path, $"tensor {CheckpointException.Quote(tensor.Name)}",
                    $"data_offsets that begin at {tensor.Offset - dataStart}",
                    $"{end - dataStart}, where the tensor before it ends", Damaged);
            }

            end += tensor.ByteLength;
        }

        if (end != file.Length)
        {
            throw new CheckpointException(
                file.Path, null, $"a file of {file.Length} bytes", $"{end}, as its header says", Damaged);
        }
    }
}
