using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrtTrainer.Tests.Server;

/// <summary>Holds JSON against the parts of JSON Schema that descriptions of servers have.</summary>
internal static class SchemaErrors
{
    public static IEnumerable<string> Of(JsonNode? value, JsonNode schema, JsonObject schemas, string at = "$")
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            return Of(value, schemas[reference.Split('/')[^1]]!, schemas, at);
        }

        if (schema["oneOf"] is JsonArray choices)
        {
            return choices.Count(choice => !Of(value, choice!, schemas, at).Any()) == 1
                ? []
                : [$"{at}: not one of all"];
        }

        string[] types = schema["type"] is JsonArray several
            ? [.. several.Select(type => (string)type!)]
            : [(string)schema["type"]!];
        return !types.Contains(TypeOf(value)) && !(types.Contains("number") && TypeOf(value) == "integer")
            ? [$"{at}: {TypeOf(value)} in place of {string.Join(" or ", types)}"]
            : value switch
            {
                JsonObject fields => OfObject(fields, schema, schemas, at),
                JsonArray items => items.SelectMany((item, i) => Of(item, schema["items"]!, schemas, $"{at}[{i}]")),
                JsonValue one => OfValue(one, schema, at),
                _ => [],
            };
    }

    private static IEnumerable<string> OfObject(JsonObject fields, JsonNode schema, JsonObject schemas, string at)
    {
        foreach (JsonNode? name in schema["required"]!.AsArray())
        {
            if (!fields.ContainsKey((string)name!))
            {
                yield return $"{at}: {name} is missing";
            }
        }

        foreach ((string name, JsonNode? value) in fields)
        {
            if (schema["properties"]![name] is not { } own)
            {
                yield return $"{at}: {name} is unknown";
                continue;
            }

            foreach (string error in Of(value, own, schemas, $"{at}.{name}"))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<string> OfValue(JsonValue value, JsonNode schema, string at)
    {
        if (schema["enum"] is JsonArray words && !words.Any(word => (string)word! == (string)value!))
        {
            yield return $"{at}: {value} is none of the words";
        }

        if ((schema["minimum"] is { } least && (double)value < (double)least)
            || (schema["maximum"] is { } most && (double)value > (double)most))
        {
            yield return $"{at}: {value} is out of range";
        }
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.ToJsonString().All(char.IsAsciiDigit) ? "integer" : "number",
        _ => "boolean",
    };
}
