using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OrtTrainer.Common;

namespace OrtTrainer.Options;

/// <summary>
/// The form of options in JSON, as <see cref="FineTuneOptions"/> and the settings of methods have it: which names there
/// are, and whether an object, a list or a single value stands under them.
/// </summary>
public static class OptionsForm
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
        bool fits = kind switch
        {
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => form == JsonValueKind.Object,
            JsonTypeInfoKind.Enumerable => form == JsonValueKind.Array,
            _ => form is not (JsonValueKind.Object or JsonValueKind.Array),
        };
        return !fits ? (place, $"is {Found(form)}; expected {Expected(type, kind)}.")
            : kind == JsonTypeInfoKind.Object ? FindFault((JsonObject)value, type, $"{place}.")
            : null;
    }

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

    private static string Expected(Type type, JsonTypeInfoKind kind)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary ? "an object in braces"
            : kind == JsonTypeInfoKind.Enumerable ? "a list in brackets"
            : plain == typeof(bool) ? "true or false"
            : plain.IsPrimitive ? "a number"
            : "a text in quotes";
    }

    private static string Found(JsonValueKind form) => form switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => "a single value",
    };
}
