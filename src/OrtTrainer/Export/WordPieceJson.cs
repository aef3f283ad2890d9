using System.Text.Json.Nodes;

namespace OrtTrainer.Export;

/// <summary>tokenizer.json of a BERT tokenizer that is known by its vocab.txt only.</summary>
internal static class WordPieceJson
{
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <param name="vocabulary">The content of vocab.txt: a token per line, ids by line from 0.</param>
    /// <param name="settings">
    /// tokenizer_config.json, or empty: do_lower_case, strip_accents and tokenize_chinese_chars.
    /// </param>
    public static JsonObject From(string vocabulary, JsonObject settings)
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        string[] lines = vocabulary.TrimEnd('\n', '\r').Split('\n');
        for (int id = 0; id < lines.Length; id++)
        {
            ids[lines[id].TrimEnd('\r')] = id;
        }

        JsonObject tokens = [];
        foreach ((string token, int id) in ids.OrderBy(entry => entry.Value))
        {
            tokens[token] = id;
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = AddedTokenJson.List(
                Special.Where(ids.ContainsKey).Select(token => (token, ids[token]))),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = Flag(settings, "tokenize_chinese_chars") ?? true,
                ["strip_accents"] = Flag(settings, "strip_accents"),
                ["lowercase"] = Flag(settings, "do_lower_case") ?? true,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = Template(ids.GetValueOrDefault("[CLS]"), ids.GetValueOrDefault("[SEP]")),
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = tokens,
            },
        };
    }

    private static bool? Flag(JsonObject settings, string field) =>
        settings[field] is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    /// <summary>[CLS] A [SEP], and [CLS] A [SEP] B [SEP] with segment 1 for B and what follows.</summary>
    private static JsonObject Template(int cls, int sep) => new()
    {
        ["type"] = "TemplateProcessing",
        ["single"] = new JsonArray(SpecialToken("[CLS]", 0), Sequence("A", 0), SpecialToken("[SEP]", 0)),
        ["pair"] = new JsonArray(SpecialToken("[CLS]", 0), Sequence("A", 0), SpecialToken("[SEP]", 0),
            Sequence("B", 1), SpecialToken("[SEP]", 1)),
        ["special_tokens"] = new JsonObject { ["[CLS]"] = Ids("[CLS]", cls), ["[SEP]"] = Ids("[SEP]", sep) },
    };

    private static JsonObject SpecialToken(string token, int segment) =>
        new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = segment } };

    private static JsonObject Sequence(string name, int segment) =>
        new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = segment } };

    private static JsonObject Ids(string token, int id) =>
        new() { ["id"] = token, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(token) };
}
