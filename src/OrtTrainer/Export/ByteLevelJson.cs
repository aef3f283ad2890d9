using System.Text.Json.Nodes;

namespace OrtTrainer.Export;

/// <summary>tokenizer.json of a RoBERTa tokenizer that is known by its vocab.json and merges.txt only.</summary>
internal static class ByteLevelJson
{
    private const string Mask = "<mask>";

    private static readonly string[] Special = ["<s>", "<pad>", "</s>", "<unk>", Mask];

    /// <param name="ids">The content of vocab.json: tokens and ids.</param>
    /// <param name="merges">The content of merges.txt: two parts per line, first merge first.</param>
    public static JsonObject From(JsonObject ids, string merges) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = AddedTokenJson.List(
            Special.Where(ids.ContainsKey).Select(token => (token, ids[token]!.GetValue<int>())), leftStrip: Mask),
        ["normalizer"] = null,
        ["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = false,
            ["trim_offsets"] = true,
            ["use_regex"] = true,
        },
        ["post_processor"] = new JsonObject
        {
            ["type"] = "RobertaProcessing",
            ["sep"] = new JsonArray("</s>", ids["</s>"]?.DeepClone()),
            ["cls"] = new JsonArray("<s>", ids["<s>"]?.DeepClone()),
            ["trim_offsets"] = true,
            ["add_prefix_space"] = false,
        },
        ["decoder"] = new JsonObject
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = true,
            ["trim_offsets"] = true,
            ["use_regex"] = true,
        },
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = "",
            ["end_of_word_suffix"] = "",
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["vocab"] = ids.DeepClone(),
            ["merges"] = Merges(merges),
        },
    };

    // The first line of the file may name its version; a merge may begin with the same character.
    private static JsonArray Merges(string merges) =>
        [.. merges.Split('\n').Select(line => line.TrimEnd('\r'))
            .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))];
}
