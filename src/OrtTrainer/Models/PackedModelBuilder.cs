using OrtTrainer.Graph;

namespace OrtTrainer.Models;

/// <summary>
/// Builds with the tokens of a batch end to end, [T, width], without padding; parameters are graph inputs. Every fused
/// operator has a kernel here and a function body elsewhere.
/// </summary>
public sealed class PackedModelBuilder : ModelBuilder
{
    private readonly List<ParameterView> _views = [];
    private readonly List<Value> _parameters = [];
    private readonly bool _training;
    private readonly Value _offsets;
    private readonly Value _dropoutKey;
    private Value? _positionIds;
    private Value? _tokenTypeIds;
    private long _sites;

    /// <param name="graph">The graph to add to.</param>
    /// <param name="training">Whether dropout acts; it then needs a key with every batch.</param>
    public PackedModelBuilder(GraphBuilder graph, bool training)
        : base(graph)
    {
        _training = training;
        InputIds = graph.Input(PackedInputs.InputIds, TensorType.Int64("tokens"));
        _offsets = graph.Input(PackedInputs.Offsets, TensorType.Int64("bounds"));
        _dropoutKey = training
            ? graph.Input(PackedInputs.DropoutKey, TensorType.Int64(2))
            : graph.Constant([0, 0]);
    }

    /// <summary>The parameters the graph takes, in the order they were first used.</summary>
    public IReadOnlyList<ParameterView> Views => _views;

    /// <summary>The graph inputs of <see cref="Views"/>.</summary>
    public IReadOnlyList<Value> Parameters => _parameters;

    public override Value InputIds { get; }

    public override Value TokenTypeIds =>
        _tokenTypeIds ??= Graph.Input(PackedInputs.TokenTypeIds, TensorType.Int64("tokens"));

    public override Value PositionIds(long first)
    {
        _positionIds ??= Graph.Input(PackedInputs.PositionIds, TensorType.Int64("tokens"));
        return first == 0 ? _positionIds : Graph.Add(_positionIds, Graph.Constant(first));
    }

    public override Value Embedding(string name, long rows, long width, Value ids) =>
        Graph.Gather(Parameter(Weight(name, rows, width)), ids);

    public override Value Linear(string name, long inputs, long outputs, Value x) =>
        Graph.Gemm(x, Parameter(Weight(name, outputs, inputs)), Parameter(Bias(name, outputs)), transposeB: true);

    /// <summary>x·Wᵀ with <c>name.weight</c> [outputs, inputs].</summary>
    public Value Map(string name, long inputs, long outputs, Value x) =>
        Graph.Gemm(x, Parameter(Weight(name, outputs, inputs)), transposeB: true);

    public override Value LayerNorm(string name, long width, float epsilon, Value x) =>
        Graph.LayerNorm(x, Parameter(Gain(name, width)), Parameter(Bias(name, width)), epsilon);

    public override Value DropoutAddLayerNorm(
        string name, long width, float epsilon, float p, Value x, Value residual) =>
        Graph.DropoutAddLayerNorm(x, residual, Parameter(Gain(name, width)), Parameter(Bias(name, width)), epsilon,
            _dropoutKey, _training ? p : 0, _sites++);

    public override Value Dropout(float p, Value x) => Graph.Dropout(x, _dropoutKey, _training ? p : 0, _sites++);

    public override Value SelfAttention(
        string query, string key, string value, long width, long heads, float p, Value x)
    {
        string[] names = [query, key, value];
        string stem = $"{query}+key+value";
        Value weight = Parameter(
            ParameterView.Stack(stem + ".weight", [.. names.Select(n => Weight(n, width, width))]));
        Value bias = Parameter(ParameterView.Stack(stem + ".bias", [.. names.Select(n => Bias(n, width))]));
        Value qkv = Graph.Gemm(x, weight, bias, transposeB: true);
        float scale = (float)(1 / Math.Sqrt(width / (double)heads));
        return Graph.PackedAttention(qkv, _offsets, heads, scale, _dropoutKey, _training ? p : 0, _sites++);
    }

    public override Value FirstToken(Value x)
    {
        Value starts = Graph.Slice(_offsets, 0, 0, -1);
        return Graph.Gather(x, Graph.WithShape(starts, "batch"));
    }

    protected override Value Gelu(Value x) => Graph.Gelu(x);

    protected override Value GeluTanh(Value x) => Graph.GeluTanh(x);

    private Value Parameter(ParameterSpec spec) => Parameter(ParameterView.Of(spec));

    private Value Parameter(ParameterView view)
    {
        Value input = Graph.Input(view.Name, new TensorType(ElementType.Float, Shape.Of([.. view.Shape])));
        _views.Add(view);
        _parameters.Add(input);
        return input;
    }
}
