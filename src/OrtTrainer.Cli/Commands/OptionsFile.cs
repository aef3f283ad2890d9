using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OrtTrainer.Data;
using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Commands;

/// <summary>A file of options in the form of a run's options.json, any part of which may be left out.</summary>
internal static class OptionsFile
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads the file and checks that all of its names are known.</summary>
    /// <exception cref="RunException">The file cannot be read, is not a JSON object or has an unknown name.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            JsonObject options = JsonNode.Parse(File.ReadAllText(path), documentOptions: Lenient) as JsonObject
                ?? throw new RunException($"{path}: expected a JSON object with options, such as {{\"epochs\": 3}}.");
            CheckNames(path, options, typeof(FineTuneOptions), "");
            return options;
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{path}: the options cannot be read: {cause.Message}", cause);
        }
    }

    private static void CheckNames(string path, JsonObject options, Type type, string prefix)
    {
        JsonPropertyInfo[] known = [.. RunJson.Options.GetTypeInfo(type).Properties];
        foreach ((string name, JsonNode? value) in options)
        {
            JsonPropertyInfo? property = known.FirstOrDefault(p => p.Name == name);
            if (property is null)
            {
                string next = NearestName.Of(name, known.Select(p => p.Name)) is { } nearest
                    ? $"did you mean {nearest}?"
                    : $"known are {string.Join(", ", known.Select(p => p.Name))}.";
                throw new RunException($"{path}: {prefix}{name} is unknown; {next}");
            }

            if (value is JsonObject part
                && RunJson.Options.GetTypeInfo(property.PropertyType).Kind == JsonTypeInfoKind.Object)
            {
                CheckNames(path, part, property.PropertyType, $"{prefix}{name}.");
            }
        }
    }
}
