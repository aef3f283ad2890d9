using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <summary>
/// Builds the exported model: standard operators of opset 17 only, inputs [B, S] named as Hugging Face's tools name
/// them, the weights stored in the file. No dropout.
/// </summary>
internal sealed partial class PaddedModelBuilder : ModelBuilder
{
    /// <summary>What the name of a matrix ends in that is stored as [in, out].</summary>
    public const string TransposedSuffix = ".transposed";

    /// <summary>What is added to the score of a key that is not seen; not minus infinity, so that a row of padding only
    /// stays finite.</summary>
    private const float Hidden = -1e30f;

    private readonly Func<ParameterSpec, float[]> _weights;
    private readonly Dictionary<string, Value> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<(AttentionMask Mask, int? Window), Value> _attentionBias = [];
    private readonly Dictionary<RelativeBias, Value> _relative = [];
    private readonly Value? _inputIds;
    private readonly Value? _mask;
    private readonly bool _hasCache;
    private readonly Value? _cachedPositions;
    private readonly List<(string Name, Value Value)> _cache = [];
    private Value? _tokenTypeIds;

    /// <param name="graph">The graph to add to.</param>
    /// <param name="shape">Whether the model takes images, or segment ids beside tokens; without, these are 0.</param>
    /// <param name="weights">The values of a parameter, row-major.</param>
    /// <param name="hasCache">
    /// Whether keys and values of earlier tokens are inputs, and those of all tokens outputs, as a model needs that
    /// writes on token by token: input ids [B, S] are then those of the newest tokens, the mask [B, P + S] is of all,
    /// and positions are an input.
    /// </param>
    public PaddedModelBuilder(
        GraphBuilder graph, ModelShape shape, Func<ParameterSpec, float[]> weights, bool hasCache = false)
        : base(graph)
    {
        _weights = weights;
        _hasCache = hasCache;
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

    public override Value DisentangledAttention(
        QueryKeyValue layers, (LinearName Query, LinearName Key) relativeLayers, ModelShape shape, float p, Value x,
        Value relative, RelativeDistances distances)
    {
        Value Made(LinearName name) => ToHeads(Linear(name, shape.Width, shape.Width, x), shape.Heads, shape);
        (Value q, Value k, Value v) = (Made(layers.Query), Made(layers.Key), Made(layers.Value));

        // [heads, D, R].
        Value Relative(LinearName name) => Graph.Transpose(
            Graph.Reshape(Linear(name, shape.Width, shape.Width, relative), 0, shape.Heads, shape.HeadWidth), 1, 2, 0);
        Value content = Graph.MatMul(q, Graph.Transpose(k, 0, 1, 3, 2));
        Value index = Graph.Node("Expand", [DistanceRows(distances), Graph.ShapeOf(content)]);
        Value Picked(Value products, Value rows) =>
            Graph.Node("GatherElements", [products, rows], AttributeList.Empty.With("axis", 3));
        Value byQuery = Picked(Graph.MatMul(q, Relative(relativeLayers.Key)), index);
        Value byKey = Graph.Transpose(
            Picked(Graph.MatMul(k, Relative(relativeLayers.Query)), Graph.Transpose(index, 0, 1, 3, 2)), 0, 1, 3, 2);
        Value scores = Graph.Mul(
            Graph.Add(content, Graph.Add(byQuery, byKey)), Graph.Constant(ScoreScale(shape, products: 3)));
        return Merged(scores, AttentionMask.Bidirectional, window: null, v, shape, x);
    }

    public override Value SelfAttention(
        QueryKeyValue layers, ModelShape shape, AttentionMask mask, float p, Value x, TokenDistances? distances = null)
    {
        distances ??= new();
        Value Made(LinearName name, int heads) =>
            ToHeads(Linear(name, shape.Width, (long)heads * shape.HeadWidth, x), heads, shape);
        Value q = Made(layers.Query, shape.Heads);
        Value k = Made(layers.Key, shape.KeyValueHeads), v = Made(layers.Value, shape.KeyValueHeads);
        if (distances.RotaryBase is not null)
        {
            (q, k) = (Turned(q, shape, distances), Turned(k, shape, distances));
        }

        if (_hasCache)
        {
            (k, v) = (WithPast(k, PaddedInputs.Key, shape), WithPast(v, PaddedInputs.Value, shape));
        }

        if (shape.SharesKeys)
        {
            (k, v) = (Repeated(k, shape), Repeated(v, shape));
        }

        Value scale = Graph.Constant(ScoreScale(shape));
        Value scores = Graph.Mul(Graph.MatMul(q, Graph.Transpose(k, 0, 1, 3, 2)), scale);
        if (distances.Bias is { } bias)
        {
            scores = Graph.Add(scores, Relative(bias, shape));
        }

        return Merged(scores, mask, distances.Window, v, shape, x);
    }

    /// <summary>Keys or values of the layer that is being built, those of earlier tokens first.</summary>
    private Value WithPast(Value x, string part, ModelShape shape)
    {
        int layer = Place.LayerIndex!.Value;
        Value past = Graph.Input(PaddedInputs.Past(layer, part), new TensorType(ElementType.Float, new Shape(
            "batch_size", shape.KeyValueHeads, "past_sequence_length", shape.HeadWidth)));
        Value all = Graph.WithShape(Graph.Concat(2, past, x), new Shape(
            x.Shape[0], shape.KeyValueHeads, "total_sequence_length", shape.HeadWidth));
        _cache.Add((PaddedInputs.Present(layer, part), all));
        return all;
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

    /// <summary>softmax(scores) v of the tokens that are seen, the heads side by side, in the shape of x.</summary>
    private Value Merged(Value scores, AttentionMask mask, int? window, Value v, ModelShape shape, Value x)
    {
        // All tokens of images see one another, and no row is padded.
        return Merged(_mask is null ? scores : Graph.Add(scores, AttentionBias(mask, window)), v, shape, x);
    }

    /// <summary>softmax(scores) v, the heads side by side, in the shape of x.</summary>
    private Value Merged(Value scores, Value v, ModelShape shape, Value x)
    {
        Value weights = Graph.Softmax(scores, -1);
        Value merged = Graph.Transpose(Graph.MatMul(weights, v), 0, 2, 1, 3);
        return Graph.WithShape(Graph.Reshape(merged, 0, 0, shape.AttentionWidth),
            new Shape(x.Shape[0], x.Shape[1], shape.AttentionWidth));
    }

    /// <summary>The row of relative positions of every query and key, [B, 1, S, S].</summary>
    private Value DistanceRows(RelativeDistances distances) => Once("distance_rows_of_tokens", () =>
    {
        Value position = PositionIds(0);
        Value place = Graph.Add(
            Graph.Sub(Graph.Unsqueeze(position, 1, 3), Graph.Unsqueeze(position, 1, 2)),
            Graph.Constant(distances.Rows.Count / 2L));
        place = Graph.Node("Min", [
            Graph.Node("Max", [place, Graph.Constant(0L)]), Graph.Constant(distances.Rows.Count - 1L)]);
        return Graph.Gather(RowsOf(distances), place);
    });

    private Value ToHeads(Value x, int heads, ModelShape model)
    {
        Shape shape = new(x.Shape[0], x.Shape[1], heads, model.HeadWidth);
        Value split = Graph.WithShape(Graph.Reshape(x, 0, 0, heads, model.HeadWidth), shape);
        return Graph.Transpose(split, 0, 2, 1, 3);
    }

    /// <summary>Keys or values [B, kept heads, S, D] for every head of queries.</summary>
    private Value Repeated(Value x, ModelShape shape)
    {
        Value all = Graph.Node("Expand", [
            Graph.Unsqueeze(x, 2), Graph.Constant([1, 1, shape.Heads / shape.KeyValueHeads, 1, 1])]);
        Value size = Graph.Concat(0, Graph.Constant([0, shape.Heads]), Graph.Slice(Graph.ShapeOf(x), 0, 2, 4));
        return Graph.WithShape(
            Graph.Node("Reshape", [all, size]), new Shape(x.Shape[0], shape.Heads, x.Shape[2], shape.HeadWidth));
    }

    /// <summary>Queries or keys [B, heads, S, D] turned by their positions.</summary>
    private Value Turned(Value x, ModelShape shape, TokenDistances distances)
    {
        Value frequencies = Frequencies(distances, shape);
        Value angle = Once(frequencies.Name + "_angles", () => Graph.Mul(
            Graph.Unsqueeze(Graph.Cast(PositionIds(0), ElementType.Float), 1, 3), frequencies));
        Value cos = Once(frequencies.Name + "_cos", () => Graph.Node("Cos", [angle]));
        Value sin = Once(frequencies.Name + "_sin", () => Graph.Node("Sin", [angle]));
        long half = shape.HeadWidth / 2;
        (Value a, Value b) = (Graph.Slice(x, 3, 0, half), Graph.Slice(x, 3, half, 2 * half));
        return Graph.Concat(3, Graph.Sub(Graph.Mul(a, cos), Graph.Mul(b, sin)),
            Graph.Add(Graph.Mul(b, cos), Graph.Mul(a, sin)));
    }

    /// <summary>
    /// 0 for tokens that are seen, <see cref="Hidden"/> for others, [B, 1, 1, S], or [B, 1, S, S] where each token sees
    /// others.
    /// </summary>
    private Value AttentionBias(AttentionMask mask, int? window)
    {
        if (!_attentionBias.TryGetValue((mask, window), out Value? bias))
        {
            Value hidden = Graph.Constant(Hidden);
            bias = PaddingBias(Mask);
            Value Query() => Graph.Unsqueeze(_hasCache ? Places().Newest : PositionIds(0), 1, 3);
            Value Key() => Graph.Unsqueeze(_hasCache ? Places().All : PositionIds(0), 1, 2);
            if (mask == AttentionMask.Causal)
            {
                bias = Graph.Where(Graph.Node("Less", [Query(), Key()]), hidden, bias);
            }

            if (window is { } most)
            {
                Value distance = Graph.Node("Abs", [Graph.Sub(Query(), Key())]);
                bias = Graph.Where(Graph.Node("Greater", [distance, Graph.Constant((long)most)]), hidden, bias);
            }

            _attentionBias.Add((mask, window), bias);
        }

        return bias;
    }

    /// <summary>0 for tokens, <see cref="Hidden"/> for padding, [B, 1, 1, S].</summary>
    private Value PaddingBias(Value mask) => Graph.Unsqueeze(
        Graph.Where(Graph.Cast(mask, ElementType.Bool), Graph.Constant(0f), Graph.Constant(Hidden)), 1, 2);

    /// <summary>
    /// The places of the newest tokens and of all tokens in their rows, padding counted, [1, S] and [1, P + S].
    /// </summary>
    private (Value Newest, Value All) Places()
    {
        Value all = Once("all_places", () => Graph.Unsqueeze(
            Graph.Node("Range", [Graph.Constant(0L), Length(Mask), Graph.Constant(1L)]), 0));
        Value newest = Once("newest_places", () => Graph.Unsqueeze(
            Graph.Node("Range", [Graph.Sub(Length(Mask), Length(InputIds)), Length(Mask), Graph.Constant(1L)]), 0));
        return (newest, all);
    }

    private Value Length(Value rows) => Graph.Gather(Graph.ShapeOf(rows), Graph.Constant(1L));

    /// <summary>A bias by distance, [1, heads, S, S], once for all that use it.</summary>
    private Value Relative(RelativeBias bias, ModelShape shape)
    {
        if (!_relative.TryGetValue(bias, out Value? value))
        {
            Value zero = Graph.Constant(0L), one = Graph.Constant(1L), furthest = Graph.Constant((long)bias.Furthest);
            Value position = Graph.Node("Range", [zero, Graph.Gather(Graph.ShapeOf(InputIds), one), one]);
            Value distance = Graph.Sub(Graph.Unsqueeze(position, 0), Graph.Unsqueeze(position, 1));
            Value near = Graph.Node("Max", [distance, Graph.Constant(-(long)bias.Furthest)]);
            Value at = Graph.Add(Graph.Node("Min", [near, furthest]), furthest);
            Value picked = Graph.Gather(Stored(Table(bias, shape)), Graph.Gather(Graph.Constant(bias.Rows), at));
            value = Graph.Unsqueeze(Graph.Transpose(picked, 2, 0, 1), 0);
            _relative.Add(bias, value);
        }

        return value;
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
            : Graph.Initializer(TensorContent.Float(
                name, [spec.Shape[1], spec.Shape[0]], Transposed(_weights(spec), spec.Shape[0], spec.Shape[1])));
        _stored.Add(name, value);
        return value;
    }

    /// <summary>The columns of a matrix [rows, columns] as rows.</summary>
    public static float[] Transposed(float[] matrix, long rows, long columns)
    {
        float[] transposed = new float[matrix.Length];
        for (long row = 0; row < rows; row++)
        {
            for (long column = 0; column < columns; column++)
            {
                transposed[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return transposed;
    }
}
