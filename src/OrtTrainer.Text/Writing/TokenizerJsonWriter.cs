using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Text.Loading;

namespace OrtTrainer.Text.Writing;

/// <summary>
/// Writes tokenizer.json: a file that was read, or what vocabulary files and settings say, with no padding and with
/// truncation as told.
/// </summary>
internal static class TokenizerJsonWriter
{
    private const string Truncation = "truncation";
    private const string Padding = "padding";

    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The content of the file, in UTF-8.</summary>
    /// <param name="parts">The tokenizer.</param>
    /// <param name="maxLength">The most tokens, special ones included; null for no truncation.</param>
    /// <exception cref="InvalidDataException">tokenizer.json cannot express the tokenizer.</exception>
    public static byte[] Write(TokenizerParts parts, int? maxLength)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Layout))
        {
            if (parts.JsonFile is { } file)
            {
                Copy(file, maxLength, writer);
            }
            else
            {
                TokenizerComponents.ToJson(parts, TruncationAt(maxLength)).WriteTo(writer);
            }
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void Copy(string file, int? maxLength, Utf8JsonWriter writer)
    {
        JsonElement root = JsonField.ReadFile(file).Element;
        writer.WriteStartObject();
        WriteTruncation(writer, maxLength);
        writer.WriteNull(Padding);
        try
        {
            foreach (JsonProperty field in root.EnumerateObject())
            {
                if (!field.NameEquals(Truncation) && !field.NameEquals(Padding))
                {
                    field.WriteTo(writer);
                }
            }
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException(
                $"{file}: a text in it holds half of a surrogate pair, which is no character, so that the file cannot "
                + "be written again; fetch it again.", exception);
        }

        writer.WriteEndObject();
    }

    private static void WriteTruncation(Utf8JsonWriter writer, int? maxLength)
    {
        writer.WritePropertyName(Truncation);
        if (TruncationAt(maxLength) is { } truncation)
        {
            truncation.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static JsonObject? TruncationAt(int? maxLength) => maxLength is null ? null : new()
    {
        ["direction"] = "Right",
        ["max_length"] = maxLength,
        ["strategy"] = "LongestFirst",
        ["stride"] = 0,
    };
}
