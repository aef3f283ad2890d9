using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;

namespace OrtTrainer.Generation;

/// <summary>
/// What a model's own files say of every text that it writes: generation_config.json or else config.json, field by
/// field. How a text is searched for or drawn is asked for with <see cref="GenerationOptions"/> instead.
/// </summary>
/// <param name="Ends">Tokens that end a text.</param>
internal sealed record GenerationRules(IReadOnlyList<int> Ends)
{
    private const string FirstField = "forced_bos_token_id";
    private const string LastField = "forced_eos_token_id";
    private const string LengthField = "min_length";
    private const string RunField = "no_repeat_ngram_size";

    // What would change texts and is not done here; off are null, an empty list, 0 and 1.
    private static readonly string[] Unsupported =
    [
        "bad_words_ids", "suppress_tokens", "begin_suppress_tokens", "forced_decoder_ids", "sequence_bias",
        "encoder_no_repeat_ngram_size", "encoder_repetition_penalty", "exponential_decay_length_penalty",
        "diversity_penalty", "num_beam_groups", "guidance_scale", "penalty_alpha",
    ];

    /// <summary>The token that the first is forced to be, of a text that one token stands before.</summary>
    public int? First { get; init; }

    /// <summary>The token that the last one is forced to be, where a text does not end before.</summary>
    public int? Last { get; init; }

    /// <summary>The fewest tokens of a text that is ended, those it began with included.</summary>
    public int MinLength { get; init; }

    /// <summary>Runs of so many tokens are in a text once; 0 for no such rule.</summary>
    public int RunLength { get; init; }

    /// <summary>Reads the rules of a model's folder.</summary>
    /// <exception cref="RunException">There is one that is not supported.</exception>
    /// <exception cref="CheckpointException">A file is damaged.</exception>
    public static GenerationRules Read(string folder, ModelConfig config, Tokenizer tokenizer)
    {
        foreach (string name in Unsupported)
        {
            if (Field(folder, config, name) is (var path, { } node) && !IsOff(node))
            {
                throw new RunException($"{path}: {name} is {node.ToJsonString()}, which is not supported. Take the "
                    + "field out, and texts are written without it.");
            }
        }

        int? Number(string name, SizeRange range) => Field(folder, config, name) is (var path, { } node)
            ? node is JsonValue value && value.TryGetValue(out int number) && number >= range.Least
                && number <= range.Most
                ? number
                : throw new CheckpointException(
                    path, $"field {name}", node.ToJsonString(), $"a whole number, {range.Least} to {range.Most}",
                    "Correct the field.")
            : null;
        return new(GenerationConfig.EndTokens(folder, config, tokenizer))
        {
            First = Number(FirstField, Ids(config)),
            Last = Number(LastField, Ids(config)),
            MinLength = Number(LengthField, new(0, int.MaxValue)) ?? 0,
            RunLength = Number(RunField, new(0, int.MaxValue)) ?? 0,
        };
    }

    /// <summary>The token that a decoder beside an encoder begins with.</summary>
    /// <exception cref="CheckpointException">No file says.</exception>
    public static int StartOf(string folder, ModelConfig config)
    {
        const string name = "decoder_start_token_id";
        return Field(folder, config, name) is (_, JsonValue value) && value.TryGetValue(out int id)
            && id >= 0 && id <= Ids(config).Most
            ? id
            : config.Size(name, Ids(config));
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);

    private static (string Path, JsonNode? Node) Field(string folder, ModelConfig config, string name) =>
        GenerationConfig.Read(folder)?[name] is { } stated
            ? (Path.Combine(folder, GenerationConfig.FileName), stated)
            : (config.Path, config.ToJson()[name]);

    private static SizeRange Ids(ModelConfig config) =>
        new(0, (Architecture.VocabularyOf(config) ?? int.MaxValue) - 1);

    private static bool IsOff(JsonNode node) => node switch
    {
        JsonArray list => list.Count == 0,
        JsonValue value => value.TryGetValue(out double number) && number is 0 or 1,
        _ => false,
    };
}
