using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// T5 (Raffel et al., 2020), its version 1.1 and FLAN-T5: pre-norm layers by root mean square without biases, and
/// positions by a bias on the scores, of which each of encoder and decoder has one table, in its first layer.
/// </summary>
internal sealed class T5 : EncoderDecoder
{
    private const string LayersName = "num_layers";
    private const string DecoderLayersName = "num_decoder_layers";
    private const string ActivationName = "feed_forward_proj";
    private const string DropoutName = "dropout_rate";
    private const string ScaleName = "scale_decoder_outputs";
    private const string BucketsName = "relative_attention_num_buckets";
    private const string Gated = "gated-";

    private readonly float _epsilon;
    private readonly float _dropout;
    private readonly int _buckets;
    private readonly int _furthest;

    public T5(ModelConfig config)
        : base(config)
    {
        int layers = config.Size(LayersName, SizeRange.Layers);
        int decoderLayers = config.Size(DecoderLayersName, SizeRange.Layers, layers);
        Shape = new ModelShape
        {
            Layers = layers + decoderLayers,
            DecoderLayers = decoderLayers,
            Width = config.Size("d_model", SizeRange.Width),
            Heads = config.Size("num_heads", SizeRange.Heads),
            HeadWidth = config.Size("d_kv", SizeRange.Width, 64),
            ScalesScores = false,
            Inner = config.Size("d_ff", SizeRange.Inner),
            // Distances have no end.
            Positions = SizeRange.Positions.Most,
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
        };
        _epsilon = config.Epsilon("layer_norm_epsilon", 1e-6);
        _dropout = config.Probability(DropoutName);
        _buckets = config.Size(BucketsName, new(4, 1024), 32);
        _furthest = config.Size("relative_attention_max_distance", new((_buckets / 2) + 1, 1 << 16), 128);
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "T5";

    public override string BasePrefix => "";

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields => [DropoutName];

    /// <summary>
    /// In version 1.0 alone. Since transformers 5, files say whether outputs are scaled, which goes with it, and call
    /// all output layers tied.
    /// </summary>
    protected override bool IsTied => Config.Has(ScaleName) ? Config.GetBool(ScaleName, true) : base.IsTied;

    private string FeedForwardForm => Config.GetString(ActivationName, "relu");

    public override string LayerPrefix(int layer) => layer < EncoderLayers
        ? $"{BasePrefix}encoder.block.{layer}."
        : $"{BasePrefix}decoder.block.{layer - EncoderLayers}.";

    /// <summary>Old files have a bias by distance for attention to the encoder too, which was never used.</summary>
    public override bool Ignores(string tensor) => base.Ignores(tensor)
        || tensor.EndsWith("EncDecAttention.relative_attention_bias.weight", StringComparison.Ordinal);

    public override Value NextTokenHead(ModelBuilder m, Value hidden)
    {
        Value x = IsTied ? m.Graph.Mul(hidden, m.Graph.Constant((float)Math.Pow(Shape.Width, -0.5))) : hidden;
        return m.Map(OutputLayer, Shape.Width, Shape.Vocabulary, x);
    }

    protected override Value Embed(ModelBuilder m) =>
        m.Dropout(_dropout, m.Embedding(WordEmbeddings, Shape.Vocabulary, Shape.Width, m.InputIds));

    protected override Value EmbedTarget(ModelBuilder m) => Embed(m);

    protected override Value Layer(ModelBuilder m, string prefix, Value x) => FeedForward(
        m, prefix + "layer.1.", SelfAttention(m, prefix + "layer.0.", "encoder", AttentionMask.Bidirectional, x));

    protected override Value DecoderLayer(ModelBuilder m, string prefix, Value x, Value encoded)
    {
        x = SelfAttention(m, prefix + "layer.0.", "decoder", AttentionMask.Causal, x);
        string cross = prefix + "layer.1.", layers = cross + "EncDecAttention.";
        Value attended = m.CrossAttention(QueryKeyValueOf(layers), Shape, _dropout, Norm(m, cross, x), encoded);
        return FeedForward(m, prefix + "layer.2.", Added(m, x, Outer(m, layers, attended)));
    }

    protected override Value Finish(ModelBuilder m, Value x) => Final(m, "encoder", x);

    protected override Value FinishDecoder(ModelBuilder m, Value x) => Final(m, "decoder", x);

    protected override void RequireSupported()
    {
        Config.RequireValue(ActivationName,
            ["relu", .. ModelBuilder.Activations.Where(a => a != "relu"),
                .. ModelBuilder.Activations.Select(a => Gated + a)]);
        if (_buckets % 4 != 0)
        {
            throw new CheckpointException(Config.Path, $"field {BucketsName}", $"{_buckets}", "a multiple of 4",
                "Correct the field.");
        }
    }

    private static LinearName Named(string name) => new(name) { HasBias = false };

    private static QueryKeyValue QueryKeyValueOf(string layers) =>
        new(Named(layers + "q"), Named(layers + "k"), Named(layers + "v"));

    private Value SelfAttention(ModelBuilder m, string prefix, string part, AttentionMask mask, Value x)
    {
        string layers = prefix + "SelfAttention.";
        RelativeBias bias = new(
            $"{BasePrefix}{part}.block.0.layer.0.SelfAttention.relative_attention_bias", _buckets, _furthest)
        {
            IsCausal = mask == AttentionMask.Causal,
        };
        Value attended = m.SelfAttention(
            QueryKeyValueOf(layers), Shape, mask, _dropout, Norm(m, prefix, x), new() { Bias = bias });
        return Added(m, x, Outer(m, layers, attended));
    }

    private Value FeedForward(ModelBuilder m, string prefix, Value x)
    {
        string inner = prefix + "DenseReluDense.";
        Value normed = Norm(m, prefix, x);
        return Added(m, x, FeedForwardForm.StartsWith(Gated, StringComparison.Ordinal)
            ? m.GatedFeedForward(
                new(Named(inner + "wi_0"), Named(inner + "wi_1"), Named(inner + "wo")), Shape.Width, Shape.Inner,
                GateOf(FeedForwardForm[Gated.Length..]), _dropout, normed)
            : m.FeedForward(
                Named(inner + "wi"), Named(inner + "wo"), Shape.Width, Shape.Inner, FeedForwardForm, _dropout,
                normed));
    }

    // Hugging Face takes gated-gelu for the form with tanh, which versions 1.1 were trained with.
    private static string GateOf(string activation) => activation == "gelu" ? "gelu_new" : activation;

    private Value Outer(ModelBuilder m, string layers, Value attended) =>
        m.Linear(Named(layers + "o"), Shape.AttentionWidth, Shape.Width, attended);

    private Value Added(ModelBuilder m, Value x, Value made) => m.Graph.Add(x, m.Dropout(_dropout, made));

    private Value Norm(ModelBuilder m, string prefix, Value x) =>
        m.RmsNorm(prefix + "layer_norm", Shape.Width, _epsilon, x);

    private Value Final(ModelBuilder m, string part, Value x) =>
        m.Dropout(_dropout, m.RmsNorm($"{BasePrefix}{part}.final_layer_norm", Shape.Width, _epsilon, x));
}
