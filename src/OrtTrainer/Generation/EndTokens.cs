using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Text;

namespace OrtTrainer.Generation;

/// <summary>The tokens that end what a model writes: eos_token_id of generation_config.json, or of config.json, or the
/// tokenizer's.</summary>
internal static class EndTokens
{
    private const string FileName = "generation_config.json";
    private const string Field = "eos_token_id";

    /// <exception cref="CheckpointException">The field holds something else than ids.</exception>
    public static IReadOnlyList<int> Of(string folder, ModelConfig config, Tokenizer tokenizer)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path) && Read(path)[Field] is { } stated)
        {
            return Ids(stated, path);
        }

        return config.ToJson()[Field] is { } own ? Ids(own, config.Path)
            : tokenizer.EosId is { } end ? [end]
            : [];
    }

    private static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? [];
        }
        catch (JsonException damaged)
        {
            throw new CheckpointException(path, "file", damaged.Message, "a JSON object", "Download it again.");
        }
    }

    private static int[] Ids(JsonNode node, string path)
    {
        JsonNode?[] all = node is JsonArray list ? [.. list] : [node];
        return [.. all.Select(id => id is JsonValue value && value.TryGetValue(out int number)
            ? number
            : throw new CheckpointException(
                path, $"field {Field}", node.ToJsonString(), "the id of a token, or a list of them",
                "Correct the field."))];
    }
}
