namespace OrtTrainer.Models;

/// <summary>
/// Names of the inputs and outputs of exported models, as Hugging Face's optimum gives them. B rows of S tokens, K
/// outputs.
/// </summary>
internal static class PaddedInputs
{
    /// <summary>Token ids, int64 [B, S].</summary>
    public const string InputIds = "input_ids";

    /// <summary>1 for tokens, 0 for padding, int64 [B, S].</summary>
    public const string AttentionMask = "attention_mask";

    /// <summary>Segments, int64 [B, S]; only models that have them take this input.</summary>
    public const string TokenTypeIds = "token_type_ids";

    /// <summary>The values of images, float [B, C, height, width]; models that have them take no other input.</summary>
    public const string PixelValues = "pixel_values";

    /// <summary>Positions of the newest tokens, int64 [B, S]; only models with a cache take this input.</summary>
    public const string PositionIds = "position_ids";

    /// <summary>Token ids of a decoder beside its encoder, int64 [B, U]; an input of graphs that train both.</summary>
    public const string DecoderInputIds = "decoder_input_ids";

    /// <summary>1 for tokens of the encoder, 0 for padding, int64 [B, S]; an input of decoders beside one.</summary>
    public const string EncoderAttentionMask = "encoder_attention_mask";

    /// <summary>The encoder's states, float [B, S, H]; an input of decoders beside one.</summary>
    public const string EncoderHiddenStates = "encoder_hidden_states";

    /// <summary>Whether a cache is given, bool [1]; an input of decoders beside an encoder. Without one, what the
    /// inputs of the cache hold means nothing.</summary>
    public const string UseCacheBranch = "use_cache_branch";

    /// <summary>What stands before key and value of the decoder's own tokens, where it is beside an encoder.</summary>
    public const string DecoderPart = "decoder.";

    /// <summary>What stands there for the encoder's tokens.</summary>
    public const string EncoderPart = "encoder.";

    /// <summary>What names of a cache's tensors of keys end in.</summary>
    public const string Key = "key";

    /// <summary>What names of a cache's tensors of values end in.</summary>
    public const string Value = "value";

    /// <summary>What names of a cache's inputs begin with.</summary>
    public const string PastPrefix = "past_key_values.";

    /// <summary>What names of a cache's outputs begin with.</summary>
    public const string PresentPrefix = "present.";

    /// <summary>Output of the head, float [B, K].</summary>
    public const string Logits = "logits";

    /// <summary>The states of the last layer, float [B, S, H].</summary>
    public const string LastHiddenState = "last_hidden_state";

    /// <summary>The vector of each text, float [B, H].</summary>
    public const string SentenceEmbedding = "sentence_embedding";

    /// <summary>Whether an input is one of a cache's.</summary>
    public static bool IsPast(string input) => input.StartsWith(PastPrefix, StringComparison.Ordinal);

    /// <summary>Whether an input is that part of a cache which stays the same from token to token.</summary>
    public static bool IsPastOfEncoder(string input) =>
        IsPast(input) && input.Contains("." + EncoderPart, StringComparison.Ordinal);

    /// <summary>The output that gives what an input of a cache takes in the next run.</summary>
    public static string PresentOf(string past) => PresentPrefix + past[PastPrefix.Length..];

    /// <summary>Keys or values of a layer for earlier tokens, float [B, heads, P, D].</summary>
    public static string Past(int layer, string part) => FormattableString.Invariant($"{PastPrefix}{layer}.{part}");

    /// <summary>Those for all tokens, float [B, heads, P + S, D].</summary>
    public static string Present(int layer, string part) =>
        FormattableString.Invariant($"{PresentPrefix}{layer}.{part}");
}
