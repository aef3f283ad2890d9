using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.TokenPrediction;

/// <summary>generation_config.json, which says how texts are written on with a model.</summary>
internal static class GenerationConfig
{
    public const string FileName = "generation_config.json";

    /// <summary>The field of the tokens that end a text.</summary>
    public const string EndField = "eos_token_id";

    /// <summary>The file in a model's folder; null where there is none.</summary>
    /// <exception cref="CheckpointException">It is no JSON object.</exception>
    public static JsonObject? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw Damaged(path, "another value");
        }
        catch (JsonException damaged)
        {
            throw Damaged(path, damaged.Message);
        }
    }

    /// <summary>The file of a model that has none, with what its configuration says of tokens.</summary>
    public static JsonObject Of(ModelConfig config)
    {
        JsonObject fields = config.ToJson(), content = [];
        foreach (string field in new[] { "bos_token_id", EndField, "pad_token_id" })
        {
            if (fields[field] is { } id)
            {
                content[field] = id.DeepClone();
            }
        }

        return content;
    }

    /// <summary>The tokens that end what a model writes: by this file, or by config.json, or the tokenizer's.</summary>
    /// <param name="folder">Has this file.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="tokenizer">The tokenizer; null where there is none.</param>
    /// <exception cref="CheckpointException">The field holds something else than ids.</exception>
    public static IReadOnlyList<int> EndTokens(string folder, ModelConfig config, Tokenizer? tokenizer) =>
        Read(folder)?[EndField] is { } stated ? Ids(stated, Path.Combine(folder, FileName))
        : config.ToJson()[EndField] is { } own ? Ids(own, config.Path)
        : tokenizer?.EosId is { } end ? [end]
        : [];

    private static int[] Ids(JsonNode node, string path)
    {
        JsonNode?[] all = node is JsonArray list ? [.. list] : [node];
        return [.. all.Select(id => id is JsonValue value && value.TryGetValue(out int number)
            ? number
            : throw new CheckpointException(
                path, $"field {EndField}", node.ToJsonString(), "the id of a token, or a list of them",
                "Correct the field."))];
    }

    private static CheckpointException Damaged(string path, string found) =>
        new(path, "file", found, "a JSON object", "Download it again, or take it away.");
}
