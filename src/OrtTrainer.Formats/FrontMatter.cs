using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OrtTrainer.Formats;

/// <summary>The YAML that a Markdown file begins with, between two lines of three dashes.</summary>
internal static class FrontMatter
{
    private const string Fence = "---";

    /// <summary>Reads it as JSON, all values as texts; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is no YAML.</exception>
    public static JsonObject? Of(string markdown)
    {
        using StringReader reader = new(markdown.TrimStart('\uFEFF'));
        if (reader.ReadLine()?.TrimEnd() != Fence)
        {
            return null;
        }

        List<string> lines = [];
        for (string? line; (line = reader.ReadLine()) is not null && line.TrimEnd() != Fence;)
        {
            lines.Add(line);
        }

        try
        {
            YamlStream yaml = [];
            yaml.Load(new StringReader(string.Join('\n', lines)));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }, ..] ? (JsonObject)Json(root)! : null;
        }
        catch (YamlException malformed)
        {
            throw new InvalidDataException(
                $"the YAML at its beginning cannot be read, line {malformed.Start.Line + 1}: {malformed.Message}",
                malformed);
        }
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair =>
            KeyValuePair.Create(pair.Key.ToString(), Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Value: { } text } => JsonValue.Create(text),
        _ => null,
    };
}
