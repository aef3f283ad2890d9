using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrtTrainer.Data.Sources;

/// <summary>
/// The names of the labels that a data set writes as numbers, by column: the class labels among the features of Hugging
/// Face's datasets, alone or in lists.
/// </summary>
internal sealed class DatasetFeatures
{
    private const string MetadataKey = "huggingface";

    private readonly Dictionary<string, string[]> _names;

    private DatasetFeatures(Dictionary<string, string[]> names) => _names = names;

    /// <summary>No names.</summary>
    public static DatasetFeatures None { get; } = new([]);

    /// <summary>The columns that have names.</summary>
    public IReadOnlyCollection<string> Columns => _names.Keys;

    /// <summary>The names of a column's labels in the order of their numbers; null where it has none.</summary>
    public IReadOnlyList<string>? NamesOf(string column) => _names.GetValueOrDefault(column);

    /// <summary>The features of dataset_info.json: an object of features by column.</summary>
    public static DatasetFeatures OfJson(JsonNode? features) => features is JsonObject columns
        ? new(Found(columns.Select(column => (column.Key, Names: NamesIn(column.Value, "feature")))))
        : None;

    /// <summary>The features of a dataset card: a list of columns with their types.</summary>
    public static DatasetFeatures OfCard(JsonNode? features) => features is JsonArray columns
        ? new(Found(columns.OfType<JsonObject>().Select(column => (
            Key: column["name"]?.ToString() ?? "",
            Names: CardNames(column["dtype"]) ?? CardNames(column["sequence"]) ?? CardNames(column["list"])))))
        : None;

    /// <summary>The features that are written beside a Parquet or Arrow table.</summary>
    public static DatasetFeatures OfMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            return metadata.TryGetValue(MetadataKey, out string? json)
                ? OfJson(JsonNode.Parse(json)?["info"]?["features"])
                : None;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            // What another program keeps under the same key.
            return None;
        }
    }

    /// <summary>The row with names in place of the numbers of labels.</summary>
    public DataRow Named(DataRow row)
    {
        foreach ((string column, string[] names) in _names)
        {
            int index = row.Columns.IndexOf(column);
            if (index >= 0 && Named(row.Values[index], row.KindOf(column), names) is ({ } value, { } kind))
            {
                row = row.With(index, value, kind);
            }
        }

        return row;
    }

    private static (string Value, FieldKind Kind)? Named(string value, FieldKind kind, string[] names)
    {
        if (kind == FieldKind.List)
        {
            using JsonDocument items = JsonDocument.Parse(value);
            return ($"[{string.Join(", ", items.RootElement.EnumerateArray().Select(Item))}]", FieldKind.List);
        }

        return NameOf(value, names) is { } name ? (name, FieldKind.Text) : null;

        string Item(JsonElement item) => NameOf(item.GetRawText(), names) is { } name
            ? JsonSerializer.Serialize(name)
            : item.GetRawText();
    }

    private static string? NameOf(string number, string[] names) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id < names.Length
            ? names[id]
            : null;

    private static Dictionary<string, string[]> Found(IEnumerable<(string Column, string[]? Names)> columns)
    {
        Dictionary<string, string[]> found = [];
        foreach ((string column, string[]? names) in columns)
        {
            if (names is { Length: > 0 })
            {
                found[column] = names;
            }
        }

        return found;
    }

    // Lists are an object with the items' feature, or as once an array of it.
    private static string[]? NamesIn(JsonNode? feature, string items) => feature switch
    {
        JsonObject { } type when type["_type"]?.ToString() == "ClassLabel" && type["names"] is JsonArray names =>
            [.. names.Select(name => name!.ToString())],
        JsonObject { } type when type[items] is { } inner => NamesIn(inner, items),
        JsonArray { Count: 1 } list => NamesIn(list[0], items),
        _ => null,
    };

    // Names are a list, or by number, which YAML has in quotes.
    private static string[]? CardNames(JsonNode? type) => type is not JsonObject { } known ? null
        : known["class_label"]?["names"] switch
        {
            JsonArray names => [.. names.Select(name => name!.ToString())],
            JsonObject names =>
            [
                .. names.OrderBy(name => int.Parse(name.Key, CultureInfo.InvariantCulture))
                    .Select(name => name.Value!.ToString()),
            ],
            _ => CardNames(known["sequence"]) ?? CardNames(known["dtype"]),
        };
}
