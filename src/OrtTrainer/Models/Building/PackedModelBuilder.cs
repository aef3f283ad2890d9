using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <summary>
/// Builds with the tokens of a batch end to end, [T, width], without padding; parameters are graph inputs, or
/// stored in a graph that only predicts. Every fused operator has a kernel here and a function body elsewhere.
/// </summary>
internal sealed partial class PackedModelBuilder : ModelBuilder
{
    /// <summary>What shapes call the number of sequences: rows that are one per sequence are known by it.</summary>
    private const string Sequences = "batch";

    private readonly Dictionary<Value, Value> _firstTokens = [];
    private readonly bool _training;
    private readonly ProductPrecision _precision;
    private readonly Func<ParameterView, float[]>? _stored;
    private readonly Value _dropoutKey;
    private readonly TokenInputs _encoder;
    private TokenInputs _tokens;
    private Value? _tokenTypeIds;
    private long _sites;
    private bool _dropsOut;

    /// <param name="graph">The graph to add to.</param>
    /// <param name="training">Whether dropout acts; it then needs a key with every batch.</param>
    /// <param name="precision">Of products.</param>
    /// <param name="stored">The values of a parameter, which the graph then holds; null makes parameters
    /// inputs.</param>
    public PackedModelBuilder(
        GraphBuilder graph, bool training, ProductPrecision precision = default,
        Func<ParameterView, float[]>? stored = null)
        : base(graph)
    {
        _training = training;
        _precision = precision;
        _stored = stored;
        _tokens = _encoder = TokenInputs.OfEncoder(graph);
        _dropoutKey = training
            ? graph.Input(PackedInputs.DropoutKey, TensorType.Int64(2))
            : graph.Constant([0, 0]);
    }

    /// <summary>The parameters the graph takes, in the order they were first used.</summary>
    public IReadOnlyList<ParameterView> Views => _views;

    /// <summary>The values of <see cref="Views"/>.</summary>
    public IReadOnlyList<Value> Parameters => _parameters;

    public override Value InputIds => _tokens.Ids;

    /// <summary>Whether batch normalization goes by the batch, as in training; otherwise by the statistics that belong
    /// to the weights.</summary>
    public bool UsesBatchStatistics { get; init; }

    /// <summary>What a batch makes of the statistics, where it is normalized by itself: mean, and variance as of a
    /// sample.</summary>
    public List<(ParameterSpec Statistic, Value OfBatch)> Statistics { get; } = [];

    /// <summary>Whether two passes over a batch are the same although dropout should act: no probability is above 0.
    /// </summary>
    public bool LacksDropout => _training && !_dropsOut;

    /// <summary>Where each sequence starts and the last one ends, int64 [B + 1].</summary>
    public Value Offsets => _tokens.Offsets;

    public override Value TokenTypeIds =>
        _tokenTypeIds ??= Graph.Input(PackedInputs.TokenTypeIds, TensorType.Int64("tokens"));

    public override void StartDecoder() => _tokens = TokenInputs.OfDecoder(Graph);

    public override Value PositionIds(long first) =>
        first == 0 ? _tokens.Positions : Graph.Add(_tokens.Positions, Graph.Constant(first));

    public override bool IsPacked => true;

    public override Value Tokens(Value x) =>
        Graph.WithShape(Graph.Reshape(x, -1, x.Shape[2].Size), new Shape("tokens", x.Shape[2]));

    public override Value Embedding(string name, long rows, long width, Value ids) =>
        Graph.Gather(Parameter(Weight(name, rows, width)), ids);

    public override Value Table(string name, long rows, long width) => Parameter(Weight(name, rows, width));

    public override Value Linear(LinearName name, long inputs, long outputs, Value x) =>
        Made(name, inputs, outputs, x, name.HasBias);

    /// <summary>In one operator.</summary>
    public override Value LinearAdd(LinearName name, long inputs, long outputs, Value x, Value residual) =>
        Made(name, inputs, outputs, x, name.HasBias, residual);

    /// <summary>In one operator where dropout does nothing.</summary>
    public override Value LinearDropoutAdd(
        LinearName name, long inputs, long outputs, float p, Value x, Value residual)
    {
        if (Probability(p) > 0)
        {
            return base.LinearDropoutAdd(name, inputs, outputs, p, x, residual);
        }

        // The place of dropout counts even where it does nothing.
        _sites++;
        return LinearAdd(name, inputs, outputs, x, residual);
    }

    public override Value Map(LinearName name, long inputs, long outputs, Value x) =>
        Made(name, inputs, outputs, x, hasBias: false);

    public override Value TiedLinear(string embedding, string name, long inputs, long outputs, Value x) =>
        Made(x, Parameter(Weight(embedding, outputs, inputs)), Parameter(Bias(name, outputs)));

    /// <summary>
    /// In one operator, where there is one for the activation; in layers where weights are stored, whose kernels keep
    /// their panels, and where the gradients of weights are not asked for, which the operator makes: beside adapters,
    /// and where the weights stay as they are.
    /// </summary>
    public override Value FeedForward(
        LinearName inner, LinearName outer, long width, long innerWidth, string activation, Value x)
    {
        bool isTanh = IsGeluTanh(activation);
        if (IsAdapted(inner, outer) || Adapters is not null || AreFrozen(inner, outer) || _stored is not null
            || !(isTanh || activation == "gelu") || innerWidth % FusedOperations.FeedForwardMultiple != 0
            || !inner.HasBias || !outer.HasBias)
        {
            return base.FeedForward(inner, outer, width, innerWidth, activation, x);
        }

        return Graph.FeedForward(
            x, Parameter(Weight(inner, innerWidth, width)), Parameter(Bias(inner, innerWidth)),
            Parameter(Weight(outer, width, innerWidth)), Parameter(Bias(outer, width)), isTanh, _precision);
    }

    /// <inheritdoc cref="FeedForward"/>
    public override Value GatedFeedForward(
        GatedLayers layers, long width, long innerWidth, string activation, float p, Value x,
        Value? residual = null)
    {
        GateActivation? gate = activation switch
        {
            "gelu" => GateActivation.Gelu,
            "silu" or "swish" => GateActivation.Silu,
            _ => IsGeluTanh(activation) ? GateActivation.GeluTanh : null,
        };
        if (IsAdapted(layers.Gate, layers.Up, layers.Down) || Adapters is not null
            || AreFrozen(layers.Gate, layers.Up, layers.Down) || _stored is not null
            || gate is null || innerWidth % FusedOperations.FeedForwardMultiple != 0
            || layers.Gate.HasBias || layers.Down.HasBias || Probability(p) > 0)
        {
            return base.GatedFeedForward(layers, width, innerWidth, activation, p, x, residual);
        }

        // The place of dropout counts even where it does nothing.
        _sites++;
        return Graph.GatedFeedForward(
            x, Inner(layers, width, innerWidth).Weight, Parameter(Weight(layers.Down, width, innerWidth)), gate.Value,
            _precision, residual);
    }

    public override Value LayerNorm(string name, long width, float epsilon, bool hasBias, Value x)
    {
        (Value gain, Value bias) = Norm(name, width, hasBias);
        return Graph.LayerNorm(x, gain, bias, epsilon);
    }

    /// <summary>In one operator, unless there are more tables than it takes.</summary>
    public override Value NormedEmbeddings(
        string norm, long width, float epsilon, bool hasBias, float p, params IReadOnlyList<EmbeddingTable> tables)
    {
        if (tables.Count > FusedOperations.MostEmbeddings)
        {
            return base.NormedEmbeddings(norm, width, epsilon, hasBias, p, tables);
        }

        (Value, Value)[] picked =
            [.. tables.Select(table => (Parameter(Weight(table.Name, table.Rows, width)), table.Ids))];
        (Value gain, Value bias) = Norm(norm, width, hasBias);
        return Graph.EmbeddingNorm(picked, gain, bias, epsilon, _dropoutKey, Probability(p), _sites++);
    }

    public override Value RmsNorm(string name, long width, float epsilon, Value x) =>
        Graph.RmsNorm(x, Parameter(Gain(name, width)), epsilon);

    public override Value DropoutAddLayerNorm(
        string name, long width, float epsilon, float p, Value x, Value residual) =>
        Graph.DropoutAddLayerNorm(x, residual, Parameter(Gain(name, width)), Parameter(Bias(name, width)), epsilon,
            _dropoutKey, Probability(p), _sites++);

    public override Value Dropout(float p, Value x) => Graph.Dropout(x, _dropoutKey, Probability(p), _sites++);

    public override Value Residual(Value x, Value attended) =>
        attended.Shape[0] == Sequences ? FirstToken(x) : x;

    public override Value FirstToken(Value x)
    {
        if (x.Shape[0] == Sequences)
        {
            return x;
        }

        if (!_firstTokens.TryGetValue(x, out Value? first))
        {
            Value starts = Graph.Slice(Offsets, 0, 0, -1);
            _firstTokens[x] = first = Graph.Gather(x, Graph.WithShape(starts, Sequences));
        }

        return first;
    }

    public override Value LastToken(Value x)
    {
        Value ends = Graph.WithShape(Graph.Slice(Offsets, 0, 1, long.MaxValue), Sequences);
        return Graph.Gather(x, Graph.Sub(ends, Graph.Constant(1L)));
    }

    public override Value ChosenTokens(Value x) =>
        Graph.Gather(x, Graph.Input(PackedInputs.OutputTokens, TensorType.Int64("rows")));

    /// <summary>Sums over the tokens of a sequence, by the number of their sequence, over its length.</summary>
    public override Value MeanToken(Value x)
    {
        Value starts = Graph.Slice(Offsets, 0, 0, -1), ends = Graph.Slice(Offsets, 0, 1, long.MaxValue);
        Value lengths = Graph.Cast(Graph.WithShape(Graph.Sub(ends, starts), Sequences), ElementType.Float);
        Value sizes = Graph.Concat(0, Graph.ShapeOf(lengths), Graph.Constant([x.Shape[1].Size]));
        return Graph.Div(
            Graph.RowSums(x, SequenceOfToken(ends), sizes, new Shape(Sequences, x.Shape[1])),
            Graph.Unsqueeze(lengths, 1));
    }

    protected override string BatchSize => Sequences;

    /// <summary>
    /// In training form (Ioffe and Szegedy, 2015): by mean and variance of the batch, through which gradients go. The
    /// statistics stay parameters, so that they lie where they do in a graph that reads them.
    /// </summary>
    protected override Value BatchNorm(
        Value gain, Value bias, ParameterSpec mean, ParameterSpec variance, float epsilon, Value x)
    {
        if (!UsesBatchStatistics)
        {
            return base.BatchNorm(gain, bias, mean, variance, epsilon, x);
        }

        _ = (Parameter(mean), Parameter(variance));
        Value center = Graph.ReduceMean(x, [0, 2, 3], keepAxes: true);
        Value centered = Graph.Sub(x, center);
        Value spread = Graph.ReduceMean(Graph.Mul(centered, centered), [0, 2, 3], keepAxes: true);
        Value inverse = Graph.Node(
            "Reciprocal", [Graph.Node("Sqrt", [Graph.Add(spread, Graph.Constant(epsilon))])]);

        // n / (n - 1), and 1 where there is one value.
        Value places = Graph.Constant((float)(x.Shape[2].Size * x.Shape[3].Size));
        Value images = Graph.Cast(Graph.Slice(Graph.ShapeOf(x), 0, 0, 1), ElementType.Float);
        Value count = Graph.Mul(images, places);
        Value others = Graph.Node("Max", [Graph.Sub(count, Graph.Constant(1f)), Graph.Constant(1f)]);
        Statistics.Add((mean, Graph.Reshape(center, -1)));
        Statistics.Add((variance, Graph.Mul(Graph.Reshape(spread, -1), Graph.Div(count, others))));
        return Graph.Add(
            Graph.Mul(centered, Graph.Mul(inverse, Graph.Unsqueeze(gain, 1, 2))), Graph.Unsqueeze(bias, 1, 2));
    }

    protected override Value Gelu(Value x) => Graph.Gelu(x);

    protected override Value GeluTanh(Value x) => Graph.GeluTanh(x);

    /// <summary>A layer with its adapter, where it has one.</summary>
    private Value Made(
        LinearName name, long inputs, long outputs, Value x, bool hasBias, Value? residual = null) => WithAdapters(
        [name], [outputs], inputs, x,
        Made(
            x, Parameter(Weight(name, outputs, inputs)), hasBias ? Parameter(Bias(name, outputs)) : null, residual));

    private Value Made(Value x, Value weight, Value? bias, Value? residual = null) =>
        Graph.Linear(x, weight, bias, _precision, residual);

    protected override (Value Gate, Value Up) GateAndUp(GatedLayers layers, long width, long innerWidth, Value x)
    {
        (Value weight, Value? bias) = Inner(layers, width, innerWidth);
        Value wide = WithAdapters(layers.Inner, [innerWidth, innerWidth], width, x, Made(x, weight, bias));
        return (Graph.Slice(wide, 1, 0, innerWidth), Graph.Slice(wide, 1, innerWidth, 2 * innerWidth));
    }

    /// <summary>How many sequences end at each token or before it, [T].</summary>
    private Value SequenceOfToken(Value ends)
    {
        Value tokens = Graph.Sub(
            Graph.Node("CumSum", [Graph.Add(Graph.Mul(InputIds, Graph.Constant(0L)), Graph.Constant(1L)),
                Graph.Constant(0L)]),
            Graph.Constant(1L));
        Value ended = Graph.Node("LessOrEqual", [Graph.Unsqueeze(ends, 0), Graph.Unsqueeze(tokens, 1)]);
        return Graph.ReduceSum(Graph.Cast(ended, ElementType.Int64), [1], keepAxes: false);
    }


    private float Probability(float p)
    {
        p = IsFrozen(Place) ? 0 : p;
        _dropsOut |= p > 0;
        return _training ? p : 0;
    }
}
