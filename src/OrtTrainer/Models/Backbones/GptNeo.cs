using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// GPT-Neo (Black et al., 2021): as GPT-2, but every other layer sees near tokens alone, scores are not divided by √D,
/// and queries, keys and values have no biases.
/// </summary>
internal sealed class GptNeo : GptDecoder
{
    private const string LayersName = "num_layers";
    private const string HeadsName = "num_heads";
    private const string InnerName = "intermediate_size";
    private const string TypesName = "attention_types";
    private const string LayerTypesName = "attention_layers";
    private const string Global = "global";
    private const string Local = "local";

    private readonly string[] _layerTypes;
    private readonly TokenDistances _local;

    public GptNeo(ModelConfig config)
        : base(config, ("embed_dropout", "attention_dropout", "resid_dropout"), usualDropout: 0)
    {
        int width = config.Size("hidden_size", SizeRange.Width);
        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers),
            Width = width,
            Heads = config.Size(HeadsName, SizeRange.Heads),
            Inner = config.Has(InnerName) ? config.Size(InnerName, SizeRange.Inner) : 4 * width,
            Positions = config.Size("max_position_embeddings", SizeRange.Positions),
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
            ScalesScores = false,
        };
        config.RequireDivisor(HeadsName, Shape.Heads, "hidden_size", width);
        _layerTypes = LayerTypesOf(config, Shape.Layers);

        // A token counts among those that it sees.
        _local = new() { Window = config.Size("window_size", SizeRange.Positions, 256) - 1 };
        TokenDropout = config.Probability("classifier_dropout", 0.1);
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "GPTNeo";

    public override float TokenDropout { get; }

    protected override string LayersField => LayersName;

    protected override string AttentionOutput => "attn.attention.out_proj";

    /// <summary>Masks of attention, which its files have had.</summary>
    public override bool Ignores(string tensor) =>
        tensor.EndsWith(".attention.bias", StringComparison.Ordinal)
        || tensor.EndsWith(".attention.masked_bias", StringComparison.Ordinal);

    /// <summary>The kept layers see as far as they did, whatever their number has become.</summary>
    public override ModelConfig WithLayers(IReadOnlyList<int> kept)
    {
        JsonNode[] types = [.. kept.Select(layer => JsonValue.Create(_layerTypes[layer]))];
        return base.WithLayers(kept)
            .With(LayerTypesName, new JsonArray([.. types.Select(type => type.DeepClone())]))
            .With(TypesName, new JsonArray(new JsonArray(new JsonArray(types), 1)));
    }

    protected override Value Attend(ModelBuilder m, string prefix, Value normed)
    {
        string self = prefix + "attn.attention.";
        return m.SelfAttention(
            new(Unbiased(self + "q_proj"), Unbiased(self + "k_proj"), Unbiased(self + "v_proj")), Shape,
            AttentionMask.Causal, AttentionDropout, normed,
            _layerTypes[m.Place.LayerIndex!.Value] == Local ? _local : null);
    }

    protected override LinearName Linear(string name) => new(name);

    private static LinearName Unbiased(string name) => new(name) { HasBias = false };

    /// <summary>What each layer sees: attention_layers, or attention_types, which says patterns and how often each
    /// comes; by default global and local in turns.</summary>
    private static string[] LayerTypesOf(ModelConfig config, int layers)
    {
        JsonObject fields = config.ToJson();
        string name = fields[LayerTypesName] is null ? TypesName : LayerTypesName;
        if (fields[name] is null)
        {
            return [.. Enumerable.Range(0, layers).Select(layer => layer % 2 == 0 ? Global : Local)];
        }

        IEnumerable<string?> stated = fields[name] is not JsonArray list ? []
            : name == LayerTypesName ? list.Select(TextOf)
            : list.SelectMany(Repeated);
        string[] types = [.. stated.Select(type => type ?? "")];
        return types.Length == layers && types.All(type => type is Global or Local)
            ? types
            : throw new CheckpointException(
                config.Path, $"field {name}", CheckpointException.Shorten(fields[name]!.ToJsonString()),
                $"'{Global}' or '{Local}' for each of the {layers} layers of {LayersName}", "Correct either field.");
    }

    private static IEnumerable<string?> Repeated(JsonNode? pattern) =>
        pattern is JsonArray { Count: 2 } parts && parts[0] is JsonArray types
        && parts[1] is JsonValue times && times.TryGetValue(out int count) && count is >= 0 and < 10_000
            ? Enumerable.Repeat(types.Select(TextOf), count).SelectMany(some => some)
            : [null];

    private static string? TextOf(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
