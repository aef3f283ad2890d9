using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Options;

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
            return OptionsJson.FindUnknown(options) is ({ } place, { } advice)
                ? throw new RunException($"{path}: {place} is unknown; {advice}")
                : options;
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{path}: the options cannot be read: {cause.Message}", cause);
        }
    }
}
