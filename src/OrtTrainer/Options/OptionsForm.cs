using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OrtTrainer.Common;

namespace OrtTrainer.Options;

/// <summary>
/// The form of options in JSON, as <see cref="FineTuneOptions"/> and the settings of methods have it: which names there
/// are, and whether an object, a list, a number or a text stands under them.
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

            if (FindFault(value, property, $"{prefix}{name}") is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static (string Place, string Fault)? FindFault(JsonNode? value, JsonPropertyInfo property, string place)
    {
        Type type = property.PropertyType;
        JsonTypeInfoKind kind = RunJson.Options.GetTypeInfo(type).Kind;
        if (value is null)
        {
            return MayBeNull(property) ? null : (place, $"is null; expected {Expected(type, kind)}.");
        }

        JsonValueKind form = value.GetValueKind();
        return !Fits(form, type, kind) ? (place, $"is {Found(form)}; expected {Expected(type, kind)}.")
            : kind == JsonTypeInfoKind.Object ? FindFault((JsonObject)value, type, $"{place}.")
            : null;
    }

    private static bool Fits(JsonValueKind form, Type type, JsonTypeInfoKind kind) => kind switch
    {
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => form == JsonValueKind.Object,
        JsonTypeInfoKind.Enumerable => form == JsonValueKind.Array,
        _ when Plain(type) == typeof(bool) => form is JsonValueKind.True or JsonValueKind.False,
        _ => form == (Plain(type).IsPrimitive ? JsonValueKind.Number : JsonValueKind.String),
    };

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
        : Plain(type).IsPrimitive ? "a number"
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
