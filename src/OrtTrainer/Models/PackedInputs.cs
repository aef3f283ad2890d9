namespace OrtTrainer.Models;

/// <summary>
/// Names of the inputs and outputs of packed graphs; the terms of a loss name their own. T tokens, U tokens of a
/// decoder, B sequences, R rows of K outputs of the head.
/// </summary>
internal static class PackedInputs
{
    private const string CachePrefix = "cache.";

    /// <summary>Token ids, int64 [T].</summary>
    public const string InputIds = "input_ids";

    /// <summary>Positions in their sequence from 0, int64 [T].</summary>
    public const string PositionIds = "position_ids";

    /// <summary>Segments, int64 [T].</summary>
    public const string TokenTypeIds = "token_type_ids";

    /// <summary>Where each sequence starts and the last one ends, int64 [B + 1].</summary>
    public const string Offsets = "offsets";

    /// <summary>The values of images, float [B, C, height, width].</summary>
    public const string PixelValues = "pixel_values";

    /// <summary>Token ids of a decoder, int64 [U].</summary>
    public const string DecoderInputIds = "decoder_input_ids";

    /// <summary>Positions of a decoder's tokens in their sequence from 0, int64 [U].</summary>
    public const string DecoderPositionIds = "decoder_position_ids";

    /// <summary>Where each of a decoder's sequences starts and the last one ends, int64 [B + 1].</summary>
    public const string DecoderOffsets = "decoder_offsets";

    /// <summary>The tokens that a head answers for where it answers for chosen ones, int64 [R].</summary>
    public const string OutputTokens = "output_tokens";

    /// <summary>Tokens of each text that are in a cache already, int64 [B]; an input of decoders with one.</summary>
    public const string CachedTokens = "cached_tokens";

    /// <summary>What the layers that stay as they are give, float [T, width]; an input of graphs that begin above
    /// them.</summary>
    public const string FrozenStates = "frozen_states";

    /// <summary>Two numbers in [0, 2^32) from which all dropout of a step follows, int64 [2].</summary>
    public const string DropoutKey = "dropout_key";

    /// <summary>Targets, float [R, K]: probabilities of classes, 0/1 per label, or values.</summary>
    public const string Targets = "targets";

    /// <summary>Targets that are one class of very many, int64 [R, 1].</summary>
    public const string TargetIds = "target_ids";

    /// <summary>How much each row of targets counts, float [R].</summary>
    public const string ExampleWeights = "example_weights";

    /// <summary>What the sum of the rows' losses is multiplied with, float scalar.</summary>
    public const string LossScale = "loss_scale";

    /// <summary>Output of the head, float [B, K].</summary>
    public const string Logits = "logits";

    /// <summary>The scaled loss, float scalar: the sum of its parts.</summary>
    public const string Loss = "loss";

    /// <summary>The encoder's last layer, float [T, width].</summary>
    public const string LastHiddenState = "last_hidden_state";

    /// <summary>What a batch makes of a statistic, float in the statistic's shape.</summary>
    public static string Statistic(ParameterSpec statistic) => statistic.Name + ".of_batch";

    /// <summary>The keys of a layer in a cache with room for P tokens of a text, float [B, P, heads, D].</summary>
    public static string CachedKeys(int layer) => FormattableString.Invariant($"{CachePrefix}{layer}.keys");

    /// <summary>The values beside them.</summary>
    public static string CachedValues(int layer) => FormattableString.Invariant($"{CachePrefix}{layer}.values");

    /// <summary>Whether an input is a part of a cache.</summary>
    public static bool IsCache(string input) => input.StartsWith(CachePrefix, StringComparison.Ordinal);

    /// <summary>The output that has the newest tokens, too.</summary>
    public static string UpdatedCache(string cache) => "updated." + cache;

    /// <summary>The output of a layer of the encoder, counted from 0, float [T, width].</summary>
    public static string HiddenState(int layer) => $"hidden_state_{layer}";
}
