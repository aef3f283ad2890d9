using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <summary>
/// Builds the exported model: standard operators of opset 17 only, or attention as ONNX Runtime's own operator where
/// that is asked for, inputs [B, S] named as Hugging Face's tools name them, the weights stored in the file. No
/// dropout.
/// </summary>
internal sealed partial class PaddedModelBuilder : ModelBuilder
{
    /// <summary>What the name of a matrix ends in that is stored as [in, out].</summary>
    public const string TransposedSuffix = ".transposed";

    /// <summary>What is added to the score of a key that is not seen; not minus infinity, so that a row of padding only
    /// stays finite.</summary>
    private const float Hidden = -1e30f;

    private readonly Func<ParameterSpec, float[]>? _weights;
    private readonly Dictionary<string, Value> _stored = new(StringComparer.Ordinal);
    private Value? _inputIds;
    private Value? _mask;
    private readonly bool _hasCache;
    private readonly bool _isFused;
    private readonly Value? _cachedPositions;
    private readonly List<(string Name, Value Value)> _cache = [];
    private Value? _tokenTypeIds;

    /// <param name="graph">The graph to add to.</param>
    /// <param name="shape">Whether the model takes images, or segment ids beside tokens; without, these are 0.</param>
    /// <param name="weights">The values of a parameter, row-major; null for a graph that takes its parameters as
    /// inputs (see <see cref="Tensors"/>), and all of whose operators have gradients.</param>
    /// <param name="hasCache">
    /// Whether keys and values of earlier tokens are inputs, and those of all tokens outputs, as a model needs that
    /// writes on token by token: input ids [B, S] are then those of the newest tokens, the mask [B, P + S] is of all,
    /// and positions are an input.
    /// </param>
    /// <param name="isFused">Whether attention is ONNX Runtime's own operator; not with a cache.</param>
    public PaddedModelBuilder(
        GraphBuilder graph, ModelShape shape, Func<ParameterSpec, float[]>? weights, bool hasCache = false,
        bool isFused = false)
        : base(graph)
    {
        (_weights, _hasCache, _isFused) = (weights, hasCache, isFused);
        if (shape.Image is not null)
        {
            return;
        }

        _inputIds = graph.Input(PaddedInputs.InputIds, TensorType.Int64(BatchSize, "sequence_length"));
        _mask = graph.Input(PaddedInputs.AttentionMask, TensorType.Int64(
            BatchSize, hasCache ? "total_sequence_length" : "sequence_length"));
        if (hasCache)
        {
            _cachedPositions = graph.Input(PaddedInputs.PositionIds, TensorType.Int64(BatchSize, "sequence_length"));
        }

        if (shape.TokenTypes > 0)
        {
            _tokenTypeIds = graph.Input(PaddedInputs.TokenTypeIds, TensorType.Int64(BatchSize, "sequence_length"));
        }
    }

    public override Value InputIds => _inputIds ?? throw NoTexts();

    public override Value TokenTypeIds => _tokenTypeIds ??= Graph.Mul(Mask, Graph.Constant(0L));

    /// <summary>Keys and values of all tokens, by the names of their outputs; none without a cache.</summary>
    public IReadOnlyList<(string Name, Value Value)> Cache => _cache;

    protected override string BatchSize => "batch_size";

    private Value Mask => _mask ?? throw NoTexts();

    /// <summary>
    /// 0, 1, … for BERT; the count of tokens so far for models whose padding has a position of its own.
    /// </summary>
    public override Value PositionIds(long first)
    {
        Value one = Graph.Constant(1L);
        if (_cachedPositions is not null)
        {
            return first == 0 ? _cachedPositions : Graph.Add(_cachedPositions, Graph.Constant(first));
        }

        if (first == 0)
        {
            Value ones = Graph.Add(Graph.Mul(Mask, Graph.Constant(0L)), one);
            return Graph.Sub(Graph.Node("CumSum", [ones, one]), one);
        }

        Value counted = Graph.Mul(Graph.Node("CumSum", [Mask, one]), Mask);
        return Graph.Add(counted, Graph.Constant(first - 1));
    }

    public override Value Rows(string input, long padding = 0) => input switch
    {
        PaddedInputs.InputIds => InputIds,
        PaddedInputs.AttentionMask => Mask,
        PaddedInputs.TokenTypeIds => TokenTypeIds,
        _ => PositionIds(0),
    };

    public override Value Tokens(Value x) => x;

    public override Value Parameter(ParameterSpec spec) => Stored(spec);

    public override Value Embedding(string name, long rows, long width, Value ids) =>
        Graph.Gather(Stored(Weight(name, rows, width)), ids);

    public override Value Table(string name, long rows, long width) => Stored(Weight(name, rows, width));

    public override Value Linear(LinearName name, long inputs, long outputs, Value x) =>
        name.HasBias
            ? Graph.Add(Map(name, inputs, outputs, x), Stored(Bias(name, outputs)))
            : Map(name, inputs, outputs, x);

    public override Value Map(LinearName name, long inputs, long outputs, Value x) =>
        Graph.MatMul(x, StoredTransposed(Weight(name, outputs, inputs)));

    public override Value TiedLinear(string embedding, string name, long inputs, long outputs, Value x) =>
        Graph.Add(Map(embedding, inputs, outputs, x), Stored(Bias(name, outputs)));

    public override Value LayerNorm(string name, long width, float epsilon, bool hasBias, Value x)
    {
        Value gain = Stored(Gain(name, width));
        return Graph.Node("LayerNormalization", hasBias ? [x, gain, Stored(Bias(name, width))] : [x, gain],
            AttributeList.Empty.With("axis", -1).With("epsilon", epsilon));
    }

    /// <summary>In the steps of Hugging Face's exports, which ONNX Runtime runs as one.</summary>
    public override Value RmsNorm(string name, long width, float epsilon, Value x)
    {
        Value square = Graph.ReduceMean(Graph.Node("Pow", [x, Graph.Constant(2f)]), [-1], keepAxes: true);
        Value root = Graph.Node("Sqrt", [Graph.Add(square, Graph.Constant(epsilon))]);
        return Graph.Mul(Graph.Div(x, root), Stored(Gain(name, width)));
    }

    public override Value DropoutAddLayerNorm(
        string name, long width, float epsilon, float p, Value x, Value residual) =>
        LayerNorm(name, width, epsilon, Graph.Add(residual, x));

    public override Value Dropout(float p, Value x) => x;

    public override Value Residual(Value x, Value attended) => x;

    public override Value FirstToken(Value x) => Graph.Gather(x, Graph.Constant(0L), axis: 1);

    /// <summary>Rows are filled up behind their tokens, so that their count says where the last one is.</summary>
    public override Value LastToken(Value x)
    {
        Value last = Graph.Sub(Graph.ReduceSum(Mask, [1], keepAxes: true), Graph.Constant(1L));
        if (_weights is null)
        {
            return PickedRows(x, last);
        }

        Value picked = Graph.Node("GatherND", [x, last], AttributeList.Empty.With("batch_dims", 1));
        return Graph.WithShape(picked, new Shape(x.Shape[0], x.Shape[2]));
    }

    public override Value ChosenTokens(Value x) => x;

    public override Value MeanToken(Value x)
    {
        // A row of padding only is divided by 1, so that it stays finite.
        Value counted = Graph.Unsqueeze(Graph.Cast(Mask, ElementType.Float), 2);
        Value count = Graph.Node("Max", [Graph.ReduceSum(counted, [1], keepAxes: false), Graph.Constant(1f)]);
        return Graph.Div(Graph.ReduceSum(Graph.Mul(x, counted), [1], keepAxes: false), count);
    }

    protected override (Value Gate, Value Up) GateAndUp(GatedLayers layers, long width, long innerWidth, Value x) =>
        (Linear(layers.Gate, width, innerWidth, x), Linear(layers.Up, width, innerWidth, x));

    /// <summary>
    /// x · (erf(x / √2) + 1) · 0.5, in the steps of PyTorch's exports: ONNX Runtime runs them, bias included, as one.
    /// </summary>
    protected override Value Gelu(Value x)
    {
        Value inner = Graph.Node("Erf", [Graph.Div(x, Graph.Constant(1.41421356237309505f))]);
        return Graph.Mul(Graph.Mul(x, Graph.Add(inner, Graph.Constant(1f))), Graph.Constant(0.5f));
    }

    protected override Value GeluTanh(Value x)
    {
        Value cubic = Graph.Add(Graph.Mul(Graph.Mul(x, x), Graph.Constant(0.044715f)), Graph.Constant(1f));
        Value inner = Graph.Mul(Graph.Mul(x, cubic), Graph.Constant(0.7978845608028654f));
        return Graph.Mul(Graph.Mul(x, Graph.Add(Graph.Tanh(inner), Graph.Constant(1f))), Graph.Constant(0.5f));
    }

    private static InvalidOperationException NoTexts() => new("A model that takes images has no tokens of texts.");

    /// <summary>A parameter as it is; one that is in the model the other way round is turned, not stored
    /// twice.</summary>
    private Value Stored(ParameterSpec spec)
    {
        if (_stored.TryGetValue(spec.Name, out Value? known))
        {
            return known;
        }

        Value value = _stored.TryGetValue(spec.Name + TransposedSuffix, out Value? transposed)
            ? Graph.Transpose(transposed, 1, 0)
            : _weights is null
            ? OfTensor(spec, isTransposed: false)
            : Graph.Initializer(TensorContent.Float(spec.Name, [.. spec.Shape], _weights(spec)));
        _stored.Add(spec.Name, value);
        return value;
    }

    /// <summary>A matrix [out, in] as [in, out], the right factor of a product; otherwise as
    /// <see cref="Stored"/>.</summary>
    private Value StoredTransposed(ParameterSpec spec)
    {
        string name = spec.Name + TransposedSuffix;
        if (_stored.TryGetValue(name, out Value? known))
        {
            return known;
        }

        Value value = _stored.TryGetValue(spec.Name, out Value? plain)
            ? Graph.Transpose(plain, 1, 0)
            : _weights is null
            ? OfTensor(spec, isTransposed: true)
            : Graph.Initializer(TensorContent.Float(
                name, [spec.Shape[1], spec.Shape[0]],
                TensorContent.Transposed(_weights(spec), spec.Shape[0], spec.Shape[1])));
        _stored.Add(name, value);
        return value;
    }
}
