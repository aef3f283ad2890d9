using System.Text;
using System.Text.Json;

namespace OrtTrainer.Common;

/// <summary>What JSON allows in a string and .NET cannot hold as text.</summary>
internal static class JsonText
{
    /// <summary>
    /// Refuses an escaped half of a surrogate pair, such as <c>\ud83d</c> alone: grammatical JSON, but no character.
    /// Checked before anything is read, because readers find it only when they come to the string.
    /// </summary>
    /// <param name="json">The whole text.</param>
    /// <param name="options">How lenient its readers are.</param>
    /// <exception cref="JsonException">There is one, or the text is not JSON; the exception has the line.</exception>
    public static void RequireWholeCharacters(string json, JsonDocumentOptions options = default)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
        {
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(json);
        Utf8JsonReader reader = new(bytes, new JsonReaderOptions
        {
            CommentHandling = options.CommentHandling,
            AllowTrailingCommas = options.AllowTrailingCommas,
        });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                RequireWhole(ref reader, bytes);
            }
        }
    }

    private static void RequireWhole(ref Utf8JsonReader reader, byte[] bytes)
    {
        try
        {
            _ = reader.GetString();
        }
        catch (InvalidOperationException half)
        {
            ReadOnlySpan<byte> before = bytes.AsSpan(0, (int)reader.TokenStartIndex);
            string kind = reader.TokenType == JsonTokenType.PropertyName ? "a property's name" : "a string";
            throw new JsonException(
                $"{kind} holds half of a surrogate pair ({Encoding.UTF8.GetString(reader.ValueSpan)}), which is no " +
                "character. Complete the pair or take it out.",
                path: null, before.Count((byte)'\n'), before.Length - (before.LastIndexOf((byte)'\n') + 1), half);
        }
    }
}
