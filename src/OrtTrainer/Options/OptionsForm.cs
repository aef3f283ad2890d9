using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OrtTrainer.Common;

namespace OrtTrainer.Options;

/// <summary>
/// The form of options in JSON, as <see cref="FineTuneOptions"/> and the settings of methods have it: which names there
/// are, whether an object, a list, a number or a text stands under them, and which words and whole numbers may.
/// </summary>
internal static class OptionsForm
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The first thing that has not the form of options; null where all has.</summary>
    /// <param name="options">Options or a part of them.</param>
    /// <returns>Where it stands, such as <c>data.trian</c>, and what is wrong with it and what to do instead.</returns>
    public static (string Place, string Fault)? FindFault(JsonObject options) =>
        FindFault(options, typeof(FineTuneOptions), "");

    private static (string Place, string Fault)? FindFault(JsonObject options, Type type, string prefix)
    {
        JsonPropertyInfo[] known = [.. RunJson.Options.GetTypeInfo(type).Properties.Where(p => p.Set is not null)];
        foreach ((string name, JsonNode? value) in options)
        {
            JsonPropertyInfo? property = known.FirstOrDefault(p => p.Name == name);
            if (property is null)
            {
                return ($"{prefix}{name}", $"is unknown; {OptionsJson.Advice(name, known.Select(p => p.Name))}");
            }

            if (FindFault(value, property.PropertyType, MayBeNull(property), $"{prefix}{name}") is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static (string Place, string Fault)? FindFault(JsonNode? value, Type type, bool mayBeNull, string place)
    {
        JsonTypeInfoKind kind = RunJson.Options.GetTypeInfo(type).Kind;
        if (value is null)
        {
            return mayBeNull ? null : (place, $"is null; expected {Expected(type, kind)}.");
        }

        JsonValueKind form = value.GetValueKind();
        if (!Fits(form, type, kind))
        {
            return (place, $"is {Found(form)}; expected {Expected(type, kind)}.");
        }

        return kind switch
        {
            JsonTypeInfoKind.Object => FindFault((JsonObject)value, type, $"{place}."),
            JsonTypeInfoKind.Dictionary => ((JsonObject)value)
                .Select(item => FindFault(item.Value, Element(type), mayBeNull: false, $"{place}.{item.Key}"))
                .FirstOrDefault(fault => fault is not null),
            JsonTypeInfoKind.Enumerable => ((JsonArray)value)
                .Select((item, i) => FindFault(item, Element(type), mayBeNull: false, $"{place}[{i}]"))
                .FirstOrDefault(fault => fault is not null),
            _ => IsRead(value, Plain(type)) ? null : (place, $"is {Shown(value)}; expected {Wanted(Plain(type))}."),
        };
    }

    private static bool Fits(JsonValueKind form, Type type, JsonTypeInfoKind kind) => kind switch
    {
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => form == JsonValueKind.Object,
        JsonTypeInfoKind.Enumerable => form == JsonValueKind.Array,
        _ when Plain(type) == typeof(bool) => form is JsonValueKind.True or JsonValueKind.False,
        _ => form == (IsNumber(Plain(type)) ? JsonValueKind.Number : JsonValueKind.String),
    };

    /// <summary>Whether a value of the right kind is one that the type has.</summary>
    private static bool IsRead(JsonNode value, Type type)
    {
        JsonElement element = JsonSerializer.SerializeToElement(value);
        return type == typeof(int) ? element.TryGetInt32(out _)
            : type == typeof(long) ? element.TryGetInt64(out _)
            : type == typeof(char) ? element.GetString()!.Length == 1
            : !type.IsEnum || Words(type).Contains(element.GetString(), StringComparer.OrdinalIgnoreCase);
    }

    private static string Wanted(Type type) => type == typeof(int) ? $"a whole number up to {int.MaxValue}"
        : type == typeof(long) ? $"a whole number up to {long.MaxValue}"
        : type == typeof(char) ? "one character"
        : $"one of {string.Join(", ", Words(type))}";

    private static string Shown(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? $"'{value.GetValue<string>()}'" : value.ToJsonString();

    private static IEnumerable<string> Words(Type type) =>
        Enum.GetNames(type).Select(RunJson.Options.PropertyNamingPolicy!.ConvertName);

    // Of a dictionary, the values: they come last.
    private static Type Element(Type type) => type.GetElementType() ?? type.GetGenericArguments()[^1];

    private static bool IsNumber(Type type) => type.IsPrimitive && type != typeof(char);

    private static bool MayBeNull(JsonPropertyInfo property)
    {
        if (property.PropertyType.IsValueType)
        {
            return Nullable.GetUnderlyingType(property.PropertyType) is not null;
        }

        lock (Nullability)
        {
            return property.AttributeProvider is PropertyInfo source
                && Nullability.Create(source).WriteState == NullabilityState.Nullable;
        }
    }

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static string Expected(Type type, JsonTypeInfoKind kind) =>
        kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary ? "an object in braces"
        : kind == JsonTypeInfoKind.Enumerable ? "a list in brackets"
        : Plain(type) == typeof(bool) ? "true or false"
        : IsNumber(Plain(type)) ? "a number"
        : "a text in quotes";

    private static string Found(JsonValueKind form) => form switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a text",
        _ => form.ToString().ToLowerInvariant(),
    };
}
