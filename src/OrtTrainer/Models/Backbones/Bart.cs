using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// BART (Lewis et al., 2020): post-norm layers, learned positions and a norm of the embeddings in encoder and decoder
/// alike.
/// </summary>
internal sealed class Bart : EncoderDecoder
{
    // The first rows of the tables of positions are those of padding, which nothing reads.
    private const int FirstPosition = 2;
    private const string LayersName = "encoder_layers";
    private const string DecoderLayersName = "decoder_layers";
    private const string HeadsName = "encoder_attention_heads";
    private const string DecoderHeadsName = "decoder_attention_heads";
    private const string WidthName = "d_model";
    private const string ActivationName = "activation_function";
    private const string DropoutName = "dropout";
    private const string AttentionDropoutName = "attention_dropout";
    private const string ActivationDropoutName = "activation_dropout";

    // PyTorch's own, as no configuration says another.
    private const float Epsilon = 1e-5f;

    private readonly float _dropout;
    private readonly float _attentionDropout;
    private readonly float _activationDropout;

    public Bart(ModelConfig config)
        : base(config)
    {
        int decoderLayers = config.Size(DecoderLayersName, SizeRange.Layers);
        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers) + decoderLayers,
            DecoderLayers = decoderLayers,
            Width = config.Size(WidthName, SizeRange.Width),
            Heads = config.Size(HeadsName, SizeRange.Heads),
            Inner = config.Size("encoder_ffn_dim", SizeRange.Inner),
            Positions = config.Size("max_position_embeddings", SizeRange.Positions),
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
        };
        DecoderShape = Shape with
        {
            Heads = config.Size(DecoderHeadsName, SizeRange.Heads),
            Inner = config.Size("decoder_ffn_dim", SizeRange.Inner),
        };
        config.RequireDivisor(HeadsName, Shape.Heads, WidthName, Shape.Width);
        config.RequireDivisor(DecoderHeadsName, DecoderShape.Heads, WidthName, Shape.Width);
        _dropout = config.Probability(DropoutName);
        _attentionDropout = config.Probability(AttentionDropoutName, 0);
        _activationDropout = config.Probability(ActivationDropoutName, 0);
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "Bart";

    public override string BasePrefix => "model.";

    public override double WeightDeviation => Config.Deviation("init_std");

    /// <summary>A bias of the outputs, which is no parameter and 0 unless somebody writes something else.</summary>
    public override (string Name, long[] Shape)? ZeroTensor => ("final_logits_bias", [1, Shape.Vocabulary]);

    public override ModelShape DecoderShape { get; }

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields =>
        [DropoutName, AttentionDropoutName, ActivationDropoutName];

    public override string LayerPrefix(int layer) => layer < EncoderLayers
        ? $"{BasePrefix}encoder.layers.{layer}."
        : $"{BasePrefix}decoder.layers.{layer - EncoderLayers}.";

    public override Value NextTokenHead(ModelBuilder m, Value hidden) =>
        m.Map(OutputLayer, Shape.Width, Shape.Vocabulary, hidden);

    protected override Value Embed(ModelBuilder m) => Embed(m, BasePrefix + "encoder.");

    protected override Value EmbedTarget(ModelBuilder m) => Embed(m, BasePrefix + "decoder.");

    protected override Value Layer(ModelBuilder m, string prefix, Value x) =>
        FeedForward(m, prefix, Shape, SelfAttention(m, prefix, Shape, AttentionMask.Bidirectional, x));

    protected override Value DecoderLayer(ModelBuilder m, string prefix, Value x, Value encoded)
    {
        x = SelfAttention(m, prefix, DecoderShape, AttentionMask.Causal, x);
        string cross = prefix + "encoder_attn";
        Value attended = m.CrossAttention(QueryKeyValueOf(cross), DecoderShape, _attentionDropout, x, encoded);
        return FeedForward(m, prefix, DecoderShape, Normed(m, cross + "_layer_norm", Outer(m, cross, attended), x));
    }

    protected override void RequireSupported()
    {
        Config.RequireValue(ActivationName, ModelBuilder.Activations);
        Config.RequireOff("normalize_before", "a norm before each part of a layer");
        Config.RequireOff("add_final_layer_norm", "a norm behind the last layer");
        Config.RequireOn("normalize_embedding", true);
        Config.RequireOff("static_position_embeddings", "positions that are not learned");
    }

    private static QueryKeyValue QueryKeyValueOf(string layers) =>
        new(layers + ".q_proj", layers + ".k_proj", layers + ".v_proj");

    private Value Embed(ModelBuilder m, string prefix)
    {
        const string norm = "layernorm_embedding";
        EmbeddingTable words = new(WordEmbeddings, Shape.Vocabulary, m.InputIds);
        EmbeddingTable positions = new(
            prefix + "embed_positions", Shape.Positions + FirstPosition, m.PositionIds(FirstPosition));
        if (!Config.GetBool("scale_embedding", false))
        {
            return m.NormedEmbeddings(prefix + norm, Shape.Width, Epsilon, true, _dropout, words, positions);
        }

        Value scaled = m.Graph.Mul(
            m.Embeddings(Shape.Width, [words]), m.Graph.Constant((float)Math.Sqrt(Shape.Width)));
        return m.Dropout(_dropout, m.LayerNorm(
            prefix + norm, Shape.Width, Epsilon, m.Graph.Add(scaled, m.Embeddings(Shape.Width, [positions]))));
    }

    private Value SelfAttention(ModelBuilder m, string prefix, ModelShape shape, AttentionMask mask, Value x)
    {
        string self = prefix + "self_attn";
        Value attended = m.SelfAttention(QueryKeyValueOf(self), shape, mask, _attentionDropout, x);
        return Normed(m, self + "_layer_norm", Outer(m, self, attended), x);
    }

    private Value FeedForward(ModelBuilder m, string prefix, ModelShape shape, Value x)
    {
        Value fed = m.FeedForward(
            prefix + "fc1", prefix + "fc2", shape.Width, shape.Inner, Config.GetString(ActivationName, "gelu"),
            _activationDropout, x);
        return Normed(m, prefix + "final_layer_norm", fed, x);
    }

    private Value Outer(ModelBuilder m, string layers, Value attended) =>
        m.Linear(layers + ".out_proj", Shape.Width, Shape.Width, attended);

    private Value Normed(ModelBuilder m, string name, Value made, Value x) =>
        m.DropoutAddLayerNorm(name, Shape.Width, Epsilon, _dropout, made, x);
}
