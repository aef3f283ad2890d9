using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Images;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// ViT (Dosovitskiy et al., 2021): an image is cut into patches, each of which a linear layer makes a token of; before
/// them stands one more, which the head reads. Layers are pre-norm.
/// </summary>
internal sealed class Vit : Architecture
{
    private const string LayersName = "num_hidden_layers";
    private const string DropoutName = "hidden_dropout_prob";
    private const string AttentionDropoutName = "attention_probs_dropout_prob";

    private readonly ImageShape _image;
    private readonly int _patch;
    private readonly float _epsilon;
    private readonly float _attentionDropout;
    private readonly bool _attentionBias;

    public Vit(ModelConfig config)
        : base(config)
    {
        int size = config.Size("image_size", SizeRange.ImageSide, 224);
        _image = new(config.Size("num_channels", SizeRange.Channels, 3), size, size);
        _patch = config.Size("patch_size", SizeRange.ImageSide, 16);
        config.RequireDivisor("patch_size", _patch, "image_size", size);
        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers),
            Width = config.Size("hidden_size", SizeRange.Width),
            Heads = config.Size("num_attention_heads", SizeRange.Heads),
            Inner = config.Size("intermediate_size", SizeRange.Inner),
            Positions = 1 + (size / _patch * (size / _patch)),
            Vocabulary = 1,
            Image = _image,
        };
        config.RequireDivisor("num_attention_heads", Shape.Heads, "hidden_size", Shape.Width);
        TokenDropout = config.Probability(DropoutName, 0);
        _attentionDropout = config.Probability(AttentionDropoutName, 0);
        _epsilon = config.Epsilon("layer_norm_eps");
        _attentionBias = config.GetBool("qkv_bias", true);
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "ViT";

    public override string BasePrefix => "vit.";

    public override float TokenDropout { get; }

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields => [DropoutName, AttentionDropoutName];

    public override string LayerPrefix(int layer) => $"{BasePrefix}encoder.layer.{layer}.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        m.OutputLayer("classifier", Shape.Width, outputs, m.FirstToken(hidden));

    protected override Value Embed(ModelBuilder m)
    {
        string prefix = BasePrefix + "embeddings.";
        GraphBuilder g = m.Graph;
        Value pixels = m.Pixels(_image);
        long width = Shape.Width, patches = Shape.Positions - 1;
        LinearName projection = new(prefix + "patch_embeddings.projection")
        {
            Kernel = [_image.Channels, _patch, _patch],
        };
        Value x = m.Linear(projection, _image.Channels * _patch * _patch, width, Patches(g, pixels));
        x = g.WithShape(g.Reshape(x, -1, patches, width), new Shape(pixels.Shape[0], patches, width));

        Value images = g.Slice(g.ShapeOf(pixels), 0, 0, 1);
        Value first = g.WithShape(
            g.Node("Expand", [Table(m, prefix + "cls_token", 1), g.Concat(0, images, g.Constant([1, width]))]),
            new Shape(pixels.Shape[0], 1, width));
        x = g.Add(g.Concat(1, first, x), Table(m, prefix + "position_embeddings", Shape.Positions));
        return m.Dropout(TokenDropout, m.Tokens(x));
    }

    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        int width = Shape.Width;
        string self = prefix + "attention.attention.";
        Value attended = m.SelfAttention(
            new(Named(self + "query"), Named(self + "key"), Named(self + "value")), Shape,
            AttentionMask.Bidirectional, _attentionDropout,
            m.LayerNorm(prefix + "layernorm_before", width, _epsilon, x));
        attended = m.Dropout(TokenDropout, m.Linear(prefix + "attention.output.dense", width, width, attended));
        x = m.Graph.Add(m.Residual(x, attended), attended);
        Value fed = m.FeedForward(
            prefix + "intermediate.dense", prefix + "output.dense", width, Shape.Inner,
            Config.GetString("hidden_act", "gelu"), m.LayerNorm(prefix + "layernorm_after", width, _epsilon, x));
        return m.Graph.Add(x, m.Dropout(TokenDropout, fed));
    }

    protected override Value Finish(ModelBuilder m, Value x) =>
        m.LayerNorm(BasePrefix + "layernorm", Shape.Width, _epsilon, x);

    protected override void RequireSupported()
    {
        Config.RequireValue("hidden_act", ModelBuilder.Activations);
        Config.RequireNoPrunedHeads();
    }

    /// <summary>Patches row by row, the values of each in the order of the stored kernel, [B · P, C · p · p].</summary>
    private Value Patches(GraphBuilder g, Value pixels)
    {
        long rows = _image.Height / _patch, columns = _image.Width / _patch;
        Value cut = g.Reshape(pixels, 0, _image.Channels, rows, _patch, columns, _patch);
        return g.WithShape(
            g.Reshape(g.Transpose(cut, 0, 2, 4, 1, 3, 5), -1, _image.Channels * _patch * _patch),
            new Shape("patches", _image.Channels * _patch * _patch));
    }

    /// <summary>A table with a row per token, [1, tokens, H], which begins at random.</summary>
    private Value Table(ModelBuilder m, string name, long tokens) => m.Parameter(
        new ParameterSpec(name, [1, tokens, Shape.Width], ParameterInitialization.Normal, WeightDecay: true)
        {
            Place = m.Place,
        });

    private LinearName Named(string name) => new(name) { HasBias = _attentionBias };
}
