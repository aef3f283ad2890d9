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

    /// <summary>The row of one object that has been parsed.</summary>
    /// <param name="element">An object that names no property twice, and whose strings are whole.</param>
    /// <param name="source">What messages call the place that it comes from.</param>
    /// <param name="number">Its number there, from 1.</param>
    public static DataRow RowOf(JsonElement element, string source, int number)
    {
        (string[] names, string[] values, FieldKind[]? kinds) = Fields([.. Properties(element)]);
        return new DataRow(source, number, new TableColumns(names), values, kinds);
    }

    private static (string[] Names, string[] Values, FieldKind[]? Kinds) Parse(TextLine line, string file)
    {
        try
        {
            JsonText.RequireWholeCharacters(line.Text);
            using JsonDocument document = JsonDocument.Parse(line.Text, Strict);
            if (TextWithObject(document.RootElement) is { } pair)
            {
                return Fields([new("text", pair[0]), .. Properties(pair[1])]);
            }

            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new DataFileException(
                    file,
                    line.Number,
                    $"found a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}; "
                    + "expected one object per line, as {\"text\": \"…\", \"label\": \"…\"}.");
            }

            return Fields([.. Properties(document.RootElement)]);
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

    /// <summary>A text and an object of what is said of it, as spaCy's examples are written.</summary>
    private static JsonElement? TextWithObject(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2
        && element[0].ValueKind == JsonValueKind.String && element[1].ValueKind == JsonValueKind.Object
            ? element
            : null;

    private static IEnumerable<KeyValuePair<string, JsonElement>> Properties(JsonElement element) =>
        element.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, property.Value));

    private static (string[] Names, string[] Values, FieldKind[]? Kinds) Fields(
        List<KeyValuePair<string, JsonElement>> fields) => (
        [.. fields.Select(field => field.Key)],
        [.. fields.Select(field => TextOf(field.Value))],
        fields.All(field => field.Value.ValueKind == JsonValueKind.String)
            ? null
            : [.. fields.Select(field => KindOf(field.Value))]);

    internal static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => string.Empty,
        _ => value.GetRawText(),
    };

    internal static FieldKind KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => FieldKind.Text,
        JsonValueKind.Null => FieldKind.Null,
        JsonValueKind.Number => FieldKind.Number,
        JsonValueKind.True or JsonValueKind.False => FieldKind.Boolean,
        JsonValueKind.Array => FieldKind.List,
        _ => FieldKind.Object,
    };
}
