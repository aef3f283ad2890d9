using System.Text.Json;
using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>
/// Rows of JSON objects: one per line, blank lines skipped, or the elements of one array. Strings are taken as they
/// are, null as empty, and any other value as its JSON text (so 1 is "1", and an array of labels can be parsed later);
/// rows know which was which.
/// </summary>
internal static class JsonRecords
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="DataFileException">A line is not one JSON object, names a property twice, or holds what is no
    /// text.</exception>
    public static IEnumerable<DataRow> Read(IEnumerable<TextLine> lines, string file)
    {
        TableColumns? shared = null;
        foreach (TextLine line in lines)
        {
            if (string.IsNullOrWhiteSpace(line.Text))
            {
                continue;
            }

            (string[] names, string[] values, FieldKind[]? kinds) = Parse(line, file);
            // Rows nearly always have the same properties in the same order, and then share one column index.
            shared = shared is not null && shared.Names.SequenceEqual(names) ? shared : new TableColumns(names);
            yield return new DataRow(file, line.Number, shared, values, kinds);
        }
    }

    private static (string[] Names, string[] Values, FieldKind[]? Kinds) Parse(TextLine line, string file)
    {
        try
        {
            JsonText.RequireWholeCharacters(line.Text);
            using JsonDocument document = JsonDocument.Parse(line.Text, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new DataFileException(
                    file,
                    line.Number,
                    $"found a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}; "
                    + "expected one object per line, as {\"text\": \"…\", \"label\": \"…\"}.");
            }

            List<JsonProperty> properties = [.. document.RootElement.EnumerateObject()];
            return (
                [.. properties.Select(item => item.Name)],
                [.. properties.Select(item => TextOf(item.Value))],
                properties.All(item => item.Value.ValueKind == JsonValueKind.String)
                    ? null
                    : [.. properties.Select(item => KindOf(item.Value))]);
        }
        catch (JsonException malformed)
        {
            string advice = line.Text.AsSpan().Trim() is "[" or ['[', .., ',']
                ? " A file that is one JSON array is read as --format json, or under a name that ends in .json."
                : string.Empty;
            throw new DataFileException(
                file,
                line.Number,
                $"not a JSON object on one line: {malformed.Message}{advice}",
                malformed);
        }
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => string.Empty,
        _ => value.GetRawText(),
    };

    private static FieldKind KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => FieldKind.Text,
        JsonValueKind.Null => FieldKind.Null,
        JsonValueKind.Number => FieldKind.Number,
        JsonValueKind.True or JsonValueKind.False => FieldKind.Boolean,
        JsonValueKind.Array => FieldKind.List,
        _ => FieldKind.Object,
    };
}
