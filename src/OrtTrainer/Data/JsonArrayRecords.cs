using System.Text.Json;

namespace OrtTrainer.Data;

/// <summary>
/// The objects of a file that is one JSON array, each as if it stood on a line of its own. The file is held in memory,
/// for an array has no lines to be read by.
/// </summary>
internal static class JsonArrayRecords
{
    /// <summary>Whether the content is an array: its first character that is not white space.</summary>
    public static bool Is(ReadOnlySpan<byte> content) =>
        Utf8Lines.WithoutMark(content).TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    /// <summary>Whether the content is one JSON object, on however many lines.</summary>
    public static bool IsOneObject(ReadOnlySpan<byte> content)
    {
        Utf8JsonReader reader = new(Utf8Lines.WithoutMark(content));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            // More follows, or it is no JSON: what reads line by line says where.
            return false;
        }
    }

    /// <summary>The elements with the lines they start on.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="file">The file as the user named it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DataFileException">The content is not JSON, or an element is not an object.</exception>
    public static IEnumerable<TextLine> Elements(byte[] content, string file, CancellationToken cancellation)
    {
        foreach ((int start, int length, int line) in Places(content, file, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Utf8Lines.Decode(content.AsSpan(start, length), line, file);
        }
    }

    // The reader is a copy, so that the caller's stays where it is.
    private static bool BeginsWithText(Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.String;

    private static List<(int Start, int Length, int Line)> Places(
        byte[] content, string file, CancellationToken cancellation)
    {
        int mark = content.Length - Utf8Lines.WithoutMark(content).Length, counted = mark, line = 1;
        List<(int, int, int)> places = [];
        Utf8JsonReader reader = new(content.AsSpan(mark));
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                cancellation.ThrowIfCancellationRequested();
                int start = mark + (int)reader.TokenStartIndex;
                line += content.AsSpan(counted, start - counted).Count((byte)'\n');
                counted = start;
                if (reader.TokenType != JsonTokenType.StartObject && !BeginsWithText(reader))
                {
                    throw new DataFileException(
                        file,
                        line,
                        $"element {places.Count + 1} of the array is a JSON {Word(reader.TokenType)}; expected an "
                        + "object, as {\"text\": \"…\", \"label\": \"…\"}.");
                }

                reader.Skip();
                places.Add((start, mark + (int)reader.BytesConsumed - start, line));
            }

            // What follows the array is refused by the reader.
            reader.Read();
            return places;
        }
        catch (JsonException malformed)
        {
            throw new DataFileException(
                file,
                malformed.LineNumber is { } number ? (int)number + 1 : null,
                $"not a JSON array: {malformed.Message.Split(" LineNumber:")[0]}",
                malformed);
        }
    }

    private static string Word(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "array",
        JsonTokenType.True or JsonTokenType.False => "boolean",
        _ => token.ToString().ToLowerInvariant(),
    };
}
