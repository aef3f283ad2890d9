using System.Text.Json.Nodes;

namespace OrtTrainer.Common;

/// <summary>Parts of JSON Schema (draft 2020-12), made anew for every place that they stand in.</summary>
internal static class JsonSchema
{
    /// <summary>A string.</summary>
    public static JsonObject Text(string description) => Of("string", description);

    /// <summary>A number.</summary>
    public static JsonObject Number(string description) => Of("number", description);

    /// <summary>A number from 0 to 1.</summary>
    public static JsonObject Probability(string description)
    {
        JsonObject number = Number(description);
        number["minimum"] = 0;
        number["maximum"] = 1;
        return number;
    }

    /// <summary>A whole number from 0.</summary>
    public static JsonObject Count(string description)
    {
        JsonObject number = Of("integer", description);
        number["minimum"] = 0;
        return number;
    }

    /// <summary>One of some strings.</summary>
    public static JsonObject OneOf(IEnumerable<string> words, string description)
    {
        JsonObject text = Text(description);
        text["enum"] = Strings(words);
        return text;
    }

    /// <summary>A list.</summary>
    public static JsonObject List(JsonObject items, string description)
    {
        JsonObject list = Of("array", description);
        list["items"] = items;
        return list;
    }

    /// <summary>An object.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="required">Which properties it has to have.</param>
    /// <param name="properties">Its properties.</param>
    public static JsonObject Object(
        string description, IReadOnlyList<string> required, params (string Name, JsonObject Schema)[] properties)
    {
        JsonObject schema = Of("object", description);
        schema["required"] = Strings(required);
        schema["properties"] =
            new JsonObject(properties.Select(
                property => KeyValuePair.Create(property.Name, (JsonNode?)property.Schema)));
        return schema;
    }

    private static JsonObject Of(string type, string description) =>
        new() { ["type"] = type, ["description"] = description };

    private static JsonArray Strings(IEnumerable<string> words) =>
        [.. words.Select(word => (JsonNode?)JsonValue.Create(word))];
}
