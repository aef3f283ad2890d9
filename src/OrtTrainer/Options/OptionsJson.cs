using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OrtTrainer.Common;

namespace OrtTrainer.Options;

/// <summary>
/// Options as JSON in the form of options.json, any part of which may be left out: laid over one another and checked by
/// name before they become <see cref="FineTuneOptions"/>.
/// </summary>
public static class OptionsJson
{
    /// <summary>A new object: what <paramref name="above"/> says, and where it is silent what
    /// <paramref name="below"/> says, at every depth.</summary>
    public static JsonObject Merge(JsonObject below, JsonObject above)
    {
        JsonObject merged = (JsonObject)below.DeepClone();
        foreach ((string name, JsonNode? value) in above)
        {
            merged[name] = value is JsonObject over && merged[name] is JsonObject under
                ? Merge(under, over)
                : value?.DeepClone();
        }

        return merged;
    }

    /// <summary>The first name that <see cref="FineTuneOptions"/> does not have; null where all are known.</summary>
    /// <param name="options">Options or a part of them.</param>
    /// <returns>Where the name stands, such as <c>data.trian</c>, and what to do instead.</returns>
    public static (string Place, string Advice)? FindUnknown(JsonObject options) =>
        FindUnknown(options, typeof(FineTuneOptions), "");

    private static (string Place, string Advice)? FindUnknown(JsonObject options, Type type, string prefix)
    {
        JsonPropertyInfo[] known = [.. RunJson.Options.GetTypeInfo(type).Properties];
        foreach ((string name, JsonNode? value) in options)
        {
            JsonPropertyInfo? property = known.FirstOrDefault(p => p.Name == name);
            if (property is null)
            {
                return ($"{prefix}{name}", Advice(name, known.Select(p => p.Name)));
            }

            if (value is JsonObject part
                && RunJson.Options.GetTypeInfo(property.PropertyType).Kind == JsonTypeInfoKind.Object
                && FindUnknown(part, property.PropertyType, $"{prefix}{name}.") is { } unknown)
            {
                return unknown;
            }
        }

        return null;
    }

    /// <summary>What to write instead of an unknown name: the nearest known one, or all of them.</summary>
    internal static string Advice(string name, IEnumerable<string> known) =>
        NearestName.Of(name, known) is { } nearest
            ? $"did you mean {nearest}?"
            : $"known are {string.Join(", ", known)}.";
}
