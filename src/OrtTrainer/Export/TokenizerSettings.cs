using System.Text.Json.Nodes;
using OrtTrainer.Common;

namespace OrtTrainer.Export;

/// <summary>
/// What tokenizer_config.json must say so that other software treats the tokenizer as it was trained with.
/// </summary>
internal static class TokenizerSettings
{
    private const string Limitation = "model_max_length";

    private static readonly (string Field, string[] Tokens)[] Roles =
    [
        ("pad_token", ["[PAD]", "<pad>"]),
        ("unk_token", ["[UNK]", "<unk>"]),
        ("cls_token", ["[CLS]", "<s>"]),
        ("sep_token", ["[SEP]", "</s>"]),
        ("mask_token", ["[MASK]", "<mask>"]),
    ];

    /// <summary>
    /// Adds the class, on which segment ids depend in transformers.js, and the special tokens, on which padding
    /// depends. What is there already stays.
    /// </summary>
    /// <param name="settings">The content of tokenizer_config.json, or empty.</param>
    /// <param name="tokenizer">The content of tokenizer.json.</param>
    /// <param name="specialTokens">The content of special_tokens_map.json, if there is one.</param>
    /// <param name="familyClass">The class that tokenizers of SentencePiece models have in the model's family, if it is
    /// known.</param>
    public static void Complete(
        JsonObject settings, JsonObject tokenizer, JsonObject? specialTokens, string? familyClass = null)
    {
        if (settings["tokenizer_class"] is null)
        {
            settings["tokenizer_class"] = ClassOf(tokenizer, familyClass);
        }

        HashSet<string> added = [.. (tokenizer["added_tokens"] as JsonArray ?? [])
            .Select(token => (string?)token?["content"]).OfType<string>()];
        foreach ((string field, string[] tokens) in Roles.Where(role => settings[role.Field] is null))
        {
            JsonNode? token = specialTokens?[field]?.DeepClone() ?? (JsonNode?)tokens.FirstOrDefault(added.Contains);
            if (token is not null)
            {
                settings[field] = token is JsonObject described ? described["content"]?.DeepClone() : token;
            }
        }
    }

    /// <summary>
    /// Sets where the tokenizer truncates: <paramref name="maxLength"/>, or its own limit, at most all positions.
    /// </summary>
    public static void Limit(JsonObject settings, int positions, int? maxLength)
    {
        // transformers writes 1e30 for "no limit".
        double own =
            settings[Limitation] is JsonValue value && value.TryGetValue(out double number) ? number : positions;
        settings[Limitation] = (int)Math.Min(positions, maxLength ?? own);
    }

    /// <summary>Where the tokenizer truncates, once <see cref="Limit"/> has been called.</summary>
    public static int LimitOf(JsonObject settings) => settings[Limitation]!.GetValue<int>();

    /// <summary>
    /// Writes settings that only say where texts are cut, for a model whose tokenizer has no files.
    /// </summary>
    public static void WriteLimit(string folder, int maxLength) => AtomicFile.WriteText(
        Path.Combine(folder, "tokenizer_config.json"), $"{{\"{Limitation}\": {maxLength}}}\n");

    private static string ClassOf(JsonObject tokenizer, string? familyClass) =>
        ((string?)tokenizer["model"]?["type"], (string?)tokenizer["post_processor"]?["type"]) switch
        {
            ("WordPiece", _) => "BertTokenizer",
            ("BPE", "RobertaProcessing") => "RobertaTokenizer",
            ("Unigram", _) when familyClass is not null => familyClass,
            _ => "PreTrainedTokenizerFast",
        };
}
