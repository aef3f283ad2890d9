using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// ModernBERT (Warner et al., 2024): pre-norm layers with gated feed-forward parts and rotary positions; in most layers
/// a token sees its neighbors only, and the angles of those layers have a base of their own.
/// </summary>
internal sealed class ModernBert : Architecture
{
    private const string LayersName = "num_hidden_layers";
    private const string LayerTypesName = "layer_types";
    private const string RotaryName = "rope_parameters";
    private const string Global = "full_attention";
    private const string Local = "sliding_attention";
    private const string PoolingName = "classifier_pooling";
    private const string EmbeddingDropoutName = "embedding_dropout";
    private const string AttentionDropoutName = "attention_dropout";
    private const string InnerDropoutName = "mlp_dropout";
    private const string HeadDropoutName = "classifier_dropout";
    private const string LocalBaseName = "local_rope_theta";
    private const double GlobalBase = 160_000;
    private const double LocalBase = 10_000;

    private readonly float _epsilon;
    private readonly float _embeddingDropout;
    private readonly float _attentionDropout;
    private readonly float _innerDropout;
    private readonly bool _normBias;
    private readonly bool _attentionBias;
    private readonly bool _innerBias;
    private readonly bool _headBias;
    private readonly string[] _layerTypes;
    private readonly TokenDistances _global;
    private readonly TokenDistances _local;

    public ModernBert(ModelConfig config)
        : base(config)
    {
        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers),
            Width = config.Size("hidden_size", SizeRange.Width),
            Heads = config.Size("num_attention_heads", SizeRange.Heads),
            Inner = config.Size("intermediate_size", SizeRange.Inner),
            Positions = config.Size("max_position_embeddings", SizeRange.Positions),
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
        };
        config.RequireDivisor("num_attention_heads", Shape.Heads, "hidden_size", Shape.Width);
        config.RequireDivisor("num_attention_heads, twice", 2 * Shape.Heads, "hidden_size", Shape.Width);
        _epsilon = config.Epsilon("norm_eps", 1e-5);
        _embeddingDropout = config.Probability(EmbeddingDropoutName, 0);
        _attentionDropout = config.Probability(AttentionDropoutName, 0);
        _innerDropout = config.Probability(InnerDropoutName, 0);
        TokenDropout = config.Probability(HeadDropoutName, 0);
        _normBias = config.GetBool("norm_bias", false);
        _attentionBias = config.GetBool("attention_bias", false);
        _innerBias = config.GetBool("mlp_bias", false);
        _headBias = config.GetBool("classifier_bias", false);
        _layerTypes = LayerTypesOf(config, Shape.Layers);
        _global = new() { RotaryBase = BaseOf(config, Global, "global_rope_theta", GlobalBase) };
        _local = new()
        {
            RotaryBase = BaseOf(
                config, Local, LocalBaseName, IsNull(config, LocalBaseName) ? _global.RotaryBase.Value : LocalBase),
            Window = config.Size("local_attention", SizeRange.Positions, 128) / 2,
        };
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "ModernBert";

    public override string BasePrefix => "model.";

    public override float TokenDropout { get; }

    public override float SpanDropout => TokenDropout;

    public override bool PoolsFirstToken => Config.GetString(PoolingName, "cls") == "cls";

    public override string SpanLayer => "classifier";

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields =>
        [EmbeddingDropoutName, AttentionDropoutName, InnerDropoutName, HeadDropoutName];

    private string WordEmbeddings => BasePrefix + "embeddings.tok_embeddings";

    public override string LayerPrefix(int layer) => $"{BasePrefix}layers.{layer}.";

    /// <summary>The kept layers see as far as they did, whatever their number has become.</summary>
    public override ModelConfig WithLayers(IReadOnlyList<int> kept) => base.WithLayers(kept)
        .With(LayerTypesName, new JsonArray([.. kept.Select(layer => JsonValue.Create(_layerTypes[layer]))]));

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden)
    {
        Value pooled = PoolsFirstToken ? m.FirstToken(hidden) : m.MeanToken(hidden);
        return m.OutputLayer("classifier", Shape.Width, outputs, TokenFeatures(m, pooled, TokenDropout));
    }

    /// <summary>A dense layer with activation and norm, which the heads on sequences and on tokens share.</summary>
    public override Value TokenFeatures(ModelBuilder m, Value hidden, float dropout)
    {
        Value x = m.Linear(Named("head.dense", _headBias), Shape.Width, Shape.Width, hidden);
        x = m.Activation(Config.GetString("classifier_activation", "gelu"), x);
        return m.Dropout(dropout, Norm(m, "head.norm", x));
    }

    /// <summary>The layers of the other heads without dropout, and the word embeddings once more.</summary>
    public override Value MaskedTokenHead(ModelBuilder m, Value hidden)
    {
        Config.RequireTied();
        Value x = TokenFeatures(m, m.ChosenTokens(hidden), dropout: 0);
        return Config.GetBool("decoder_bias", true)
            ? m.TiedLinear(WordEmbeddings, "decoder", Shape.Width, Shape.Vocabulary, x)
            : m.Map(WordEmbeddings, Shape.Width, Shape.Vocabulary, x);
    }

    protected override Value Embed(ModelBuilder m) => m.NormedEmbeddings(
        BasePrefix + "embeddings.norm", Shape.Width, _epsilon, _normBias, _embeddingDropout,
        new EmbeddingTable(WordEmbeddings, Shape.Vocabulary, m.InputIds));

    /// <summary>The first layer takes the embeddings, which are normalized already, as they are.</summary>
    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        int width = Shape.Width, layer = m.Place.LayerIndex!.Value;
        Value attended = m.SelfAttention(
            new(Part(prefix, "query", 0), Part(prefix, "key", 1), Part(prefix, "value", 2)), Shape,
            AttentionMask.Bidirectional, _attentionDropout,
            layer == 0 ? x : Norm(m, prefix + "attn_norm", x), _layerTypes[layer] == Global ? _global : _local);
        x = m.LinearDropoutAdd(
            Named(prefix + "attn.Wo", _attentionBias), width, width, _attentionDropout, attended,
            m.Residual(x, attended));
        return m.GatedFeedForward(
            new(Half(prefix, "gate", 0), Half(prefix, "up", 1), Named(prefix + "mlp.Wo", _innerBias)), width,
            Shape.Inner, Config.GetString("hidden_activation", "gelu"), _innerDropout, Norm(m, prefix + "mlp_norm", x),
            residual: x);
    }

    protected override Value Finish(ModelBuilder m, Value x) => Norm(m, BasePrefix + "final_norm", x);

    protected override void RequireSupported()
    {
        Config.RequireValue("hidden_activation", ModelBuilder.Activations);
        Config.RequireValue("classifier_activation", ModelBuilder.Activations);
        Config.RequireValue(PoolingName, "cls", "mean");
        Config.RequireNoPrunedHeads();
    }

    private static string[] LayerTypesOf(ModelConfig config, int layers)
    {
        int every = config.Size("global_attn_every_n_layers", SizeRange.Layers, 3);
        if (!config.Has(LayerTypesName))
        {
            return [.. Enumerable.Range(0, layers).Select(layer => layer % every == 0 ? Global : Local)];
        }

        JsonNode stated = config.ToJson()[LayerTypesName]!;
        string[] types = stated is JsonArray list ? [.. list.Select(type => TextOf(type) ?? "")] : [];
        return types.Length == layers && types.All(type => type is Global or Local)
            ? types
            : throw new CheckpointException(
                config.Path, $"field {LayerTypesName}", CheckpointException.Shorten(stated.ToJsonString()),
                $"'{Global}' or '{Local}' for each of the {layers} layers of {LayersName}", "Correct either field.");
    }

    /// <summary>θ of the layers of one type: rope_parameters of transformers 5, or a field of its own before.</summary>
    private static double BaseOf(ModelConfig config, string layerType, string field, double otherwise)
    {
        JsonObject fields = config.ToJson();
        if (fields[RotaryName] is not { } stated)
        {
            return InRange(config, field, config.GetFloat(field, otherwise));
        }

        string name = $"{RotaryName}.{layerType}";
        JsonObject found = stated is JsonObject all && all[layerType] is JsonObject own
            ? own
            : throw new CheckpointException(config.Path, $"field {name}",
                CheckpointException.Shorten(stated.ToJsonString()), "an object with rope_theta", "Correct the field.");
        if (found.FirstOrDefault(entry => entry.Key is not ("rope_theta" or "rope_type")) is { Key: { } other })
        {
            throw new RunException($"{config.Path}: {name} has {other}, which is not supported; supported are " +
                "rope_theta and rope_type. Take another model; the same weights would compute something else.");
        }

        if (found["rope_type"] is { } type && TextOf(type) != "default")
        {
            throw new RunException($"{config.Path}: rope_type of {name} is {type.ToJsonString()}, which is not " +
                "supported; supported is 'default'. Take another model; the same weights would compute something " +
                "else.");
        }

        return found["rope_theta"] is { } value && value.GetValueKind() == JsonValueKind.Number
            ? InRange(config, $"{name}.rope_theta", value.GetValue<double>())
            : throw new CheckpointException(config.Path, $"field {name}.rope_theta",
                found["rope_theta"]?.ToJsonString() ?? "no such field", "a number", "Correct the field.");
    }

    private static double InRange(ModelConfig config, string field, double value) => value is > 1 and < 1e12
        ? value
        : throw new CheckpointException(
            config.Path, $"field {field}", $"{value}", "more than 1 and less than 1e12", "Correct the field.");

    // Not the same as absent: the local layers then take the base of the global ones.
    private static bool IsNull(ModelConfig config, string field) =>
        config.ToJson() is var fields && fields.ContainsKey(field) && fields[field] is null;

    private static string? TextOf(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private Value Norm(ModelBuilder m, string name, Value x) => m.LayerNorm(name, Shape.Width, _epsilon, _normBias, x);

    private static LinearName Named(string name, bool hasBias) => new(name) { HasBias = hasBias };

    private LinearName Half(string prefix, string name, int half) =>
        Named($"{prefix}mlp.{name}", _innerBias).PartOf(prefix + "mlp.Wi", half, parts: 2, Shape.Inner);

    private LinearName Part(string prefix, string name, int part) =>
        Named($"{prefix}attn.{name}", _attentionBias).PartOf(prefix + "attn.Wqkv", part, parts: 3, Shape.Width);
}
