using System.Text.Json.Nodes;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Loading.Conversion;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Writing;

/// <summary>
/// The components of tokenizer.json that a tokenizer without one amounts to: of vocab.txt, vocab.json with merges.txt
/// or the SentencePiece model of a family, and the settings beside them, or trained here.
/// </summary>
internal static class TokenizerComponents
{
    /// <summary>The content of the file.</summary>
    /// <exception cref="InvalidDataException">A component has no counterpart there.</exception>
    public static JsonObject ToJson(TokenizerParts parts, JsonObject? truncation) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = truncation,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. parts.AddedTokens.OrderBy(token => token.Id).Select(token =>
            new JsonObject
            {
                ["id"] = token.Id,
                ["content"] = token.Content,
                ["single_word"] = token.SingleWord,
                ["lstrip"] = token.LeftStrip,
                ["rstrip"] = token.RightStrip,
                ["normalized"] = token.Normalized,
                ["special"] = token.Special,
            })]),
        ["normalizer"] = Normalizer(parts),
        ["pre_tokenizer"] = PreTokenizer(parts),
        ["post_processor"] = PostProcessorJson.Of(parts),
        ["decoder"] = Decoder(parts),
        ["model"] = Model(parts),
    };

    private static JsonObject? Normalizer(TokenizerParts parts) =>
        parts.Normalizer is { } normalizer ? NormalizerJson.Of(normalizer) ?? throw Unknown(parts) : null;

    private static JsonObject? PreTokenizer(TokenizerParts parts) =>
        parts.PreTokenizer is { } cutting ? PreTokenizer(cutting) ?? throw Unknown(parts) : null;

    /// <summary>A pre-tokenizer; null where it has no counterpart.</summary>
    private static JsonObject? PreTokenizer(PreTokenizer preTokenizer) => preTokenizer switch
    {
        BertPreTokenizer => new() { ["type"] = "BertPreTokenizer" },
        ByteLevelPreTokenizer byteLevel => ByteLevel(byteLevel.AddPrefixSpace, byteLevel.UseGpt2Pattern),
        MetaspacePreTokenizer blank => Metaspace(
            char.ConvertFromUtf32(blank.Replacement), blank.Prepend.ToString().ToLowerInvariant(), blank.Split),
        PunctuationPreTokenizer punctuation => new()
        {
            ["type"] = "Punctuation",
            ["behavior"] = punctuation.Behavior.ToString(),
        },
        SequencePreTokenizer { Steps: var steps } when steps.Select(PreTokenizer).ToArray() is var all
            && all.All(step => step is not null) => new()
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray([.. all]),
        },
        _ => null,
    };

    private static JsonObject Decoder(TokenizerParts parts) => parts.Decoder switch
    {
        WordPieceDecoder pieces => new()
        {
            ["type"] = "WordPiece",
            ["prefix"] = pieces.Prefix,
            ["cleanup"] = pieces.CleansUp,
        },
        ByteLevelDecoder => ByteLevel(addPrefixSpace: true, useRegex: true),
        MetaspaceDecoder blank => Metaspace(blank.Replacement, blank.Prepended ? "always" : "never", split: true),
        _ => throw Unknown(parts),
    };

    private static JsonObject Model(TokenizerParts parts) => parts.Model switch
    {
        WordPieceModel pieces => new()
        {
            ["type"] = "WordPiece",
            ["unk_token"] = pieces.Vocabulary.Token(pieces.UnknownId),
            ["continuing_subword_prefix"] = pieces.ContinuationPrefix,
            ["max_input_chars_per_word"] = pieces.MaxWordLength,
            ["vocab"] = Vocabulary(pieces),
        },
        BpeModel { Options: var options } bpe => new()
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = options.UnknownId is { } unknown ? bpe.Vocabulary.Token(unknown) : null,
            ["continuing_subword_prefix"] = options.ContinuingSubwordPrefix,
            ["end_of_word_suffix"] = options.EndOfWordSuffix,
            ["fuse_unk"] = options.FuseUnknown,
            ["byte_fallback"] = options.ByteFallback,
            ["vocab"] = Vocabulary(bpe),
            ["merges"] = new JsonArray([.. bpe.Merges.InOrder().Select(merge => (JsonNode)
                $"{bpe.Vocabulary.Token(merge.Left)} {bpe.Vocabulary.Token(merge.Right)}")]),
        },
        UnigramModel unigram => new()
        {
            ["type"] = "Unigram",
            ["unk_id"] = unigram.UnknownId,
            ["vocab"] = new JsonArray(
                [.. unigram.Pieces.Select(piece => (JsonNode)new JsonArray(piece.Text, piece.Score))]),
            ["byte_fallback"] = unigram.ByteFallback,
        },
        _ => throw Unknown(parts),
    };

    private static JsonObject Vocabulary(TokenModel model) => new(
        model.Vocabulary.Entries.OrderBy(entry => entry.Value)
            .Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private static JsonObject ByteLevel(bool addPrefixSpace, bool useRegex) => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = addPrefixSpace,
        ["trim_offsets"] = true,
        ["use_regex"] = useRegex,
    };

    private static JsonObject Metaspace(string replacement, string prepend, bool split) => new()
    {
        ["type"] = "Metaspace",
        ["replacement"] = replacement,
        ["prepend_scheme"] = prepend,
        ["split"] = split,
    };

    private static InvalidDataException Unknown(TokenizerParts parts) => new(
        $"{parts.Files.FirstOrDefault()}: this SentencePiece model can be read, but tokenizer.json, without which "
        + "other software cannot use an exported model, cannot be made of it: neither tokenizer_config.json nor "
        + "config.json names a family whose conversion is known ("
        + $"{string.Join(", ", SentencePieceConversion.All.Select(family => family.ModelType))}). "
        + "Put the model's own tokenizer.json beside it; "
        + "Python's transformers writes one: AutoTokenizer.from_pretrained(folder).save_pretrained(folder).");
}
