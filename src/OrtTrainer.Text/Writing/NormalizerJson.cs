using System.Text.Json.Nodes;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Text.Writing;

/// <summary>The normalizer of tokenizer.json: how texts are rewritten first.</summary>
internal static class NormalizerJson
{
    /// <summary>The component of a normalizer; null where it has no counterpart.</summary>
    public static JsonObject? Of(Normalizer normalizer) => normalizer switch
    {
        BertNormalizer { Options: var options } => new()
        {
            ["type"] = "BertNormalizer",
            ["clean_text"] = options.CleanText,
            ["handle_chinese_chars"] = options.HandleChineseChars,
            ["strip_accents"] = options.StripAccents,
            ["lowercase"] = options.Lowercase,
        },
        LowercaseNormalizer => new() { ["type"] = "Lowercase" },
        UnicodeFormNormalizer unicode => new() { ["type"] = unicode.Form.ToString().ToUpperInvariant() },
        ReplaceNormalizer replace => new()
        {
            ["type"] = "Replace",
            ["pattern"] = new JsonObject { [replace.Pattern.Source.Kind] = replace.Pattern.Source.Text },
            ["content"] = replace.Replacement,
        },
        StripNormalizer strip => new()
        {
            ["type"] = "Strip",
            ["strip_left"] = strip.Left,
            ["strip_right"] = strip.Right,
        },
        StripAccentsNormalizer => new() { ["type"] = "StripAccents" },
        PrecompiledNormalizer precompiled => new()
        {
            ["type"] = "Precompiled",
            ["precompiled_charsmap"] = Convert.ToBase64String(precompiled.Map.Source),
        },
        SequenceNormalizer { Steps: var steps } when steps.Select(Of).ToArray() is var all
            && all.All(step => step is not null) => new()
        {
            ["type"] = "Sequence",
            ["normalizers"] = new JsonArray([.. all]),
        },
        _ => null,
    };
}
