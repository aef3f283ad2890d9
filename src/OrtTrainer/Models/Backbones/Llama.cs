using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// Llama (Touvron et al., 2023) and SmolLM: pre-norm layers by root mean square, rotary positions, gated feed-forward
/// parts, and fewer heads of keys and values than of queries where the configuration says so.
/// </summary>
internal class Llama : Architecture
{
    private const string LayersName = "num_hidden_layers";
    private const string HeadsName = "num_attention_heads";
    private const string KeyValueHeadsName = "num_key_value_heads";
    private const string WidthName = "hidden_size";
    private const string HeadWidthName = "head_dim";
    private const string AttentionDropoutName = "attention_dropout";
    private const string ThetaName = "rope_theta";
    private const string ParametersName = "rope_parameters";
    private const string ScalingName = "rope_scaling";
    private const double UsualTheta = 10_000;

    private readonly float _epsilon;
    private readonly float _attentionDropout;
    private readonly bool _innerBias;
    private readonly TokenDistances _distances;

    public Llama(ModelConfig config)
        : base(config)
    {
        int width = config.Size(WidthName, SizeRange.Width), heads = config.Size(HeadsName, SizeRange.Heads);
        if (!config.Has(HeadWidthName))
        {
            config.RequireDivisor(HeadsName, heads, WidthName, width);
        }

        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers),
            Width = width,
            Heads = heads,
            KeyValueHeads = config.Size(KeyValueHeadsName, SizeRange.Heads, heads),
            HeadWidth = config.Has(HeadWidthName) ? config.Size(HeadWidthName, SizeRange.Width) : width / heads,
            Inner = config.Size("intermediate_size", SizeRange.Inner),
            Positions = config.Size("max_position_embeddings", SizeRange.Positions),
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
        };
        config.RequireDivisor(KeyValueHeadsName, Shape.KeyValueHeads, HeadsName, heads);
        _epsilon = config.Epsilon("rms_norm_eps", 1e-6);
        _attentionDropout = config.Probability(AttentionDropoutName, 0);
        _innerBias = config.GetBool("mlp_bias", false);
        _distances = new() { RotaryBase = BaseOf(config) };
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "Llama";

    public override string BasePrefix => "model.";

    public override string? GenAiType => "llama";

    public override float TokenDropout => 0;

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields => [AttentionDropoutName];

    /// <summary>Whether queries, keys and values have biases, and what comes of attention.</summary>
    protected virtual (bool Inner, bool Outer) AttentionBias =>
        Config.GetBool("attention_bias", false) is var has ? (has, has) : default;

    private string WordEmbeddings => BasePrefix + "embed_tokens";

    private bool IsTied => Config.GetBool("tie_word_embeddings", false);

    public override string LayerPrefix(int layer) => $"{BasePrefix}layers.{layer}.";

    /// <summary>Where the output layer is the word embeddings, a file may have them under either name.</summary>
    public override string? AliasOf(string tensor) =>
        IsTied && tensor == WordEmbeddings + ".weight" ? "lm_head.weight" : null;

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        LastTokenHead(m, outputs, hidden);

    public override Value NextTokenHead(ModelBuilder m, Value hidden) =>
        m.Map(IsTied ? WordEmbeddings : "lm_head", Shape.Width, Shape.Vocabulary, m.ChosenTokens(hidden));

    protected override Value Embed(ModelBuilder m) =>
        m.Embedding(WordEmbeddings, Shape.Vocabulary, Shape.Width, m.InputIds);

    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        int width = Shape.Width;
        string self = prefix + "self_attn.", inner = prefix + "mlp.";
        Value attended = m.SelfAttention(
            new(Attention(self + "q_proj"), Attention(self + "k_proj"), Attention(self + "v_proj")), Shape,
            AttentionMask.Causal, _attentionDropout, m.RmsNorm(prefix + "input_layernorm", width, _epsilon, x),
            _distances);
        x = m.LinearDropoutAdd(
            Named(self + "o_proj", AttentionBias.Outer), Shape.AttentionWidth, width, 0, attended, x);
        return m.GatedFeedForward(
            new(Named(inner + "gate_proj", _innerBias), Named(inner + "up_proj", _innerBias),
                Named(inner + "down_proj", _innerBias)),
            width, Shape.Inner, Config.GetString("hidden_act", "silu"), 0,
            m.RmsNorm(prefix + "post_attention_layernorm", width, _epsilon, x), residual: x);
    }

    protected override Value Finish(ModelBuilder m, Value x) =>
        m.RmsNorm(BasePrefix + "norm", Shape.Width, _epsilon, x);

    protected override void RequireSupported()
    {
        Config.RequireValue(
            "hidden_act", ["silu", .. ModelBuilder.Activations.Where(activation => activation != "silu")]);
        if (Config.GetInt("pretraining_tp", 1) != 1)
        {
            throw new RunException($"{Config.Path}: pretraining_tp is {Config.GetInt("pretraining_tp")}, which is not "
                + "supported; supported is 1. Set it to 1: the weights compute the same, but for rounding.");
        }
    }

    private static LinearName Named(string name, bool hasBias) => new(name) { HasBias = hasBias };

    private LinearName Attention(string name) => Named(name, AttentionBias.Inner);

    /// <summary>θ, in rope_parameters of transformers 5 or a field of its own before; no scaling of it.</summary>
    private static double BaseOf(ModelConfig config)
    {
        JsonObject fields = config.ToJson();
        foreach (string name in new[] { ParametersName, ScalingName })
        {
            if (fields[name] is JsonObject stated
                && (stated["rope_type"] ?? stated["type"]) is { } type
                && (type.GetValueKind() != JsonValueKind.String || type.GetValue<string>() != "default"))
            {
                throw new RunException($"{config.Path}: {name} has the type {type.ToJsonString()}, which is not "
                    + "supported; supported is 'default'. Take another model; the same weights would compute "
                    + "something else.");
            }
        }

        string field = fields[ParametersName] is JsonObject ? $"{ParametersName}.{ThetaName}" : ThetaName;
        double theta = fields[ParametersName] is JsonObject own
            ? own[ThetaName]?.GetValueKind() == JsonValueKind.Number ? own[ThetaName]!.GetValue<double>() : UsualTheta
            : config.GetFloat(ThetaName, UsualTheta);
        return theta is > 1 and < 1e12
            ? theta
            : throw new CheckpointException(
                config.Path, $"field {field}", $"{theta}", "more than 1 and less than 1e12", "Correct the field.");
    }
}
