using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Images;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// ResNet (He et al., 2016): convolutions with batch normalization, block by block added to what came in, and the mean
/// of the last map of features. Its layers are the blocks. Batch normalization goes by the statistics of the
/// checkpoint, in training too.
/// </summary>
internal sealed class ResNet : Architecture
{
    // What a bottleneck divides its width by.
    private const int Reduction = 4;

    // PyTorch's own: the configuration has none.
    private const float Epsilon = 1e-5f;

    private readonly ImageShape _image;
    private readonly int _stem;
    private readonly int[] _widths;
    private readonly int[] _depths;
    private readonly bool _isBottleneck;

    public ResNet(ModelConfig config)
        : base(config)
    {
        int side = config.Size("image_size", SizeRange.ImageSide, 224);
        ImageShape processed = ImagePreprocessing.Load(Path.GetDirectoryName(config.Path)!, side).Shape;
        _image = processed with { Channels = config.Size("num_channels", SizeRange.Channels, 3) };
        _stem = config.Size("embedding_size", SizeRange.Width, 64);
        _widths = config.Sizes("hidden_sizes", SizeRange.Width, [256, 512, 1024, 2048]);
        _depths = config.Sizes("depths", SizeRange.Layers, [3, 4, 6, 3]);
        _isBottleneck = config.GetString("layer_type", "bottleneck") == "bottleneck";
        if (_depths.Length != _widths.Length)
        {
            throw new RunException($"{config.Path}: depths has {_depths.Length} stages and hidden_sizes " +
                $"{_widths.Length}; expected one of each per stage. Correct either field.");
        }

        Shape = new ModelShape
        {
            Layers = _depths.Sum(),
            Width = _widths[^1],
            Heads = 1,
            Inner = _widths[^1],
            Positions = Math.Max(1, _image.Height * _image.Width / (16 * 16)),
            Vocabulary = 1,
            Image = _image,
        };
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "ResNet";

    public override string BasePrefix => "resnet.";

    public override float TokenDropout => 0;

    public override bool PoolsFirstToken => false;

    public override bool HasAttention => false;

    protected override string LayersField => "depths";

    protected override IReadOnlyList<string> DropoutFields => [];

    public override string LayerPrefix(int layer)
    {
        (int stage, int block) = PlaceOf(layer);
        return $"{BasePrefix}encoder.stages.{stage}.layers.{block}.";
    }

    /// <exception cref="RunException">Always: blocks differ in width.</exception>
    public override ModelConfig WithLayers(IReadOnlyList<int> kept) => throw new RunException(
        $"{Config.Path}: model_type is '{ModelType}', of which no layers can be left out. Take all of them.");

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        m.OutputLayer("classifier.1", _widths[^1], outputs, hidden);

    protected override Value Embed(ModelBuilder m)
    {
        Value x = Convolved(
            m, BasePrefix + "embedder.embedder", _image.Channels, _stem, kernel: 7, stride: 2, m.Pixels(_image));
        return m.Graph.Node("MaxPool", [Activated(m, x)], AttributeList.Empty
            .With("kernel_shape", 3, 3).With("strides", 2, 2).With("pads", 1, 1, 1, 1));
    }

    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        (int stage, int block) = PlaceOf(m.Place.LayerIndex!.Value);
        int outputs = _widths[stage], inputs = (int)x.Shape[1].Size;
        bool shrinks = block == 0 && (stage > 0 || Config.GetBool("downsample_in_first_stage", false));
        int stride = shrinks ? 2 : 1;
        Value passed = inputs != outputs || stride != 1
            ? Convolved(m, prefix + "shortcut", inputs, outputs, kernel: 1, stride, x)
            : x;

        Value Part(int number, int from, int to, int kernel, int step, Value y) =>
            Convolved(m, $"{prefix}layer.{number}", from, to, kernel, step, y);
        if (!_isBottleneck)
        {
            x = Activated(m, Part(0, inputs, outputs, 3, stride, x));
            return Activated(m, m.Graph.Add(Part(1, outputs, outputs, 3, 1, x), passed));
        }

        bool isEarly = Config.GetBool("downsample_in_bottleneck", false);
        int reduced = outputs / Reduction;
        x = Activated(m, Part(0, inputs, reduced, 1, isEarly ? stride : 1, x));
        x = Activated(m, Part(1, reduced, reduced, 3, isEarly ? 1 : stride, x));
        return Activated(m, m.Graph.Add(Part(2, reduced, outputs, 1, 1, x), passed));
    }

    /// <summary>The mean of all places, [B, C].</summary>
    protected override Value Finish(ModelBuilder m, Value x) => 
        m.Graph.Reshape(m.Graph.Node("GlobalAveragePool", [x]), 0, _widths[^1]);

    protected override void RequireSupported()
    {
        Config.RequireValue("layer_type", "bottleneck", "basic");
        Config.RequireValue("hidden_act", "relu", "gelu", "silu", "tanh");
    }

    private Value Activated(ModelBuilder m, Value x) => m.Activation(Config.GetString("hidden_act", "relu"), x);

    private static Value Convolved(
        ModelBuilder m, string name, int inputs, int outputs, int kernel, int stride, Value x)
    {
        Value weight = m.Parameter(new ParameterSpec(
            $"{name}.convolution.weight", [outputs, inputs, kernel, kernel], ParameterInitialization.HeNormal,
            WeightDecay: true)
        {
            Place = m.Place,
        });
        long pad = kernel / 2;
        Value y = m.Graph.Node("Conv", [x, weight], AttributeList.Empty
            .With("strides", stride, stride).With("pads", pad, pad, pad, pad).With("kernel_shape", kernel, kernel));
        return m.BatchNorm($"{name}.normalization", outputs, Epsilon, y);
    }

    private (int Stage, int Block) PlaceOf(int layer)
    {
        int stage = 0;
        while (layer >= _depths[stage])
        {
            layer -= _depths[stage++];
        }

        return (stage, layer);
    }
}
