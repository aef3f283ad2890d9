using System.Collections.Immutable;
using System.Text.Json;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// The JSON of a safetensors header, checked field by field; the layout of the tensors is checked by the caller.
/// </summary>
internal static class SafetensorsJson
{
    private const string Damaged =
        "The file is damaged or was not written by a safetensors library: write or download it again.";

    internal readonly record struct Content(List<TensorInfo> Tensors, Dictionary<string, string> Metadata);

    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="CheckpointException">A field is missing, doubled, of a wrong kind or out of range.</exception>
    public static Content Parse(ReadOnlySpan<byte> json, string file, long dataStart)
    {
        var reader = new Utf8JsonReader(json);
        var content = new Content([], []);
        var names = new HashSet<string>();
        reader.Read();
        Expect(reader.TokenType, JsonTokenType.StartObject, file, "header");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw new CheckpointException(
                    file, $"tensor {CheckpointException.Quote(name)}", "the name twice", "every name once", Damaged);
            }

            reader.Read();
            if (name == SafetensorsHeader.MetadataKey)
            {
                ReadMetadata(ref reader, content.Metadata, file);
            }
            else
            {
                content.Tensors.Add(ReadTensor(ref reader, name, file, dataStart));
            }
        }

        // Reads on to the end: anything but white space there is a JsonException.
        reader.Read();
        return content;
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string file)
    {
        Expect(reader.TokenType, JsonTokenType.StartObject, file, SafetensorsHeader.MetadataKey);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            var part = $"{SafetensorsHeader.MetadataKey} {CheckpointException.Quote(key)}";
            Expect(reader.TokenType, JsonTokenType.String, file, part);
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new CheckpointException(file, part, "the key twice", "every key once", Damaged);
            }
        }
    }

    private static TensorInfo ReadTensor(ref Utf8JsonReader reader, string name, string file, long dataStart)
    {
        var part = $"tensor {CheckpointException.Quote(name)}";
        Expect(reader.TokenType, JsonTokenType.StartObject, file, part);
        string? type = null;
        long[]? shape = null, range = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (type is null && reader.ValueTextEquals("dtype"u8))
            {
                reader.Read();
                Expect(reader.TokenType, JsonTokenType.String, file, $"{part}, dtype");
                type = reader.GetString()!;
            }
            else if (shape is null && reader.ValueTextEquals("shape"u8))
            {
                shape = ReadNumbers(ref reader, file, $"{part}, shape");
            }
            else if (range is null && reader.ValueTextEquals("data_offsets"u8))
            {
                range = ReadNumbers(ref reader, file, $"{part}, data_offsets");
            }
            else
            {
                throw new CheckpointException(
                    file, part, $"the field {CheckpointException.Quote(reader.GetString()!)}",
                    "dtype, shape and data_offsets, each once", Damaged);
            }
        }

        if (type is null || shape is null || range is not [var begin, var end])
        {
            throw new CheckpointException(
                file, part, "a field missing or data_offsets without two numbers",
                "dtype, shape and data_offsets", Damaged);
        }

        return Check(name, part, type, shape, begin, end, file, dataStart);
    }

    private static TensorInfo Check(
        string name, string part, string type, long[] shape, long begin, long end, string file, long dataStart)
    {
        if (!ElementTypes.TryFromSafetensors(type, out var elementType))
        {
            throw new CheckpointException(
                file, $"{part}, dtype", CheckpointException.Quote(type), ElementTypes.KnownSafetensorsNames,
                "Convert the model to one of these types.");
        }

        if (begin > end || end > long.MaxValue - dataStart)
        {
            throw new CheckpointException(
                file, $"{part}, data_offsets", $"[{begin}, {end}]", "a begin that is not above the end", Damaged);
        }

        if (!TensorInfo.TryCount(shape, out var count) || (Int128)count * elementType.Size() != end - begin)
        {
            throw new CheckpointException(
                file, part, $"{end - begin} bytes for {type} {TensorInfo.DescribeShape(shape)}",
                $"the product of the shape times {elementType.Size()} bytes", Damaged);
        }

        return new TensorInfo(name, elementType, ImmutableArray.Create(shape), file, dataStart + begin, end - begin);
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string file, string part)
    {
        reader.Read();
        Expect(reader.TokenType, JsonTokenType.StartArray, file, part);
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(reader.TokenType, JsonTokenType.Number, file, part);
            if (!reader.TryGetInt64(out var number) || number < 0)
            {
                throw new CheckpointException(
                    file, part, "a number that is negative, fractional or too large", "whole numbers from 0", Damaged);
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static void Expect(JsonTokenType found, JsonTokenType expected, string file, string part)
    {
        if (found != expected)
        {
            throw new CheckpointException(file, part, $"JSON {found}", $"{expected}", Damaged);
        }
    }
}
