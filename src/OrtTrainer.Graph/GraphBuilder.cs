using System.Globalization;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Graph.Operators;

namespace OrtTrainer.Graph;

/// <summary>
/// Builds an ONNX graph node by node. Every node's output types are inferred and its input types checked as it is
/// added, so a mistake surfaces in the line that makes it.
/// </summary>
public sealed class GraphBuilder
{
    private readonly Dictionary<string, int> _nameCounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> _constants = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<Node> _nodes = [];
    private readonly List<Value> _inputs = [];
    private readonly List<Value> _outputs = [];
    private readonly List<TensorProto> _initializers = [];
    private string _scope = "";
    private int _symbols;

    public GraphBuilder(string name) => Name = name;

    public string Name { get; }

    /// <summary>The operator set the graph is written with at least, 0 where its operators alone decide.</summary>
    internal int MinimumOpset { get; init; }

    public IReadOnlyList<Value> Inputs => _inputs;

    public IReadOnlyList<Value> Outputs => _outputs;

    /// <summary>Nodes added so far.</summary>
    public int NodeCount => _nodes.Count;

    internal IReadOnlyList<Node> Nodes => _nodes;

    internal IReadOnlyList<TensorProto> Initializers => _initializers;

    /// <summary>Names made inside the returned scope start with <paramref name="name"/> and a slash.</summary>
    public IDisposable Scope(string name)
    {
        string outer = _scope;
        _scope = outer + name + "/";
        return new ScopeEnd(() => _scope = outer);
    }

    /// <summary>Adds a graph input.</summary>
    /// <exception cref="GraphException">The name is taken.</exception>
    public Value Input(string name, TensorType type)
    {
        Claim(name);
        Value value = new(name, type);
        _inputs.Add(value);
        return value;
    }

    /// <summary>Makes <paramref name="value"/> a graph output called <paramref name="name"/>.</summary>
    /// <exception cref="GraphException">The name is taken.</exception>
    public Value Output(Value value, string name)
    {
        Claim(name);
        Value output = AddNode(OperatorSet.Get("", "Identity"), [value], AttributeList.Empty, [name])[0];
        _outputs.Add(output);
        return output;
    }

    /// <summary>Adds a stored tensor.</summary>
    /// <exception cref="GraphException">The name is taken or the tensor has no known element type.</exception>
    public Value Initializer(TensorProto tensor)
    {
        Claim(tensor.Name);
        Value value = new(tensor.Name, tensor.ValueType(), tensor.SmallIntegers());
        _initializers.Add(tensor);
        return value;
    }

    /// <summary>A float constant; equal constants are stored once.</summary>
    public Value Constant(float value) => Constant(FormattableString.Invariant($"float_{value:R}"),
        name => TensorContent.Float(name, [], [value]));

    /// <summary>A constant without axes, of the floating-point type of <paramref name="like"/>.</summary>
    /// <exception cref="GraphException">The type is neither float nor double.</exception>
    public Value ConstantLike(double value, Value like) => like.Type.Element switch
    {
        ElementType.Float => Constant((float)value),
        ElementType.Double => Constant(FormattableString.Invariant($"double_{value:R}"),
            name => TensorContent.Double(name, [], [value])),
        _ => throw new GraphException($"{like} must be Float or Double to be differentiated."),
    };

    /// <summary>An integer constant without axes.</summary>
    public Value Constant(long value) => Constant(FormattableString.Invariant($"int_{value}"),
        name => TensorContent.Int64(name, [], [value]));

    /// <summary>An integer list constant, as shapes and axes are given.</summary>
    public Value Constant(ReadOnlySpan<long> values)
    {
        long[] copy = values.ToArray();
        string key = "ints_" + string.Join('_', copy.Select(v => v.ToString(CultureInfo.InvariantCulture)));
        return Constant(key, name => TensorContent.Int64(name, [copy.Length], copy));
    }

    /// <summary>Adds a node with one output.</summary>
    /// <exception cref="GraphException">The inputs do not fit the operator.</exception>
    public Value Node(string type, IReadOnlyList<Value?> inputs, AttributeList? attributes = null) =>
        NodeOutputs("", type, inputs, attributes)[0];

    /// <summary>Adds a node of a domain and returns all its outputs.</summary>
    /// <exception cref="GraphException">The operator is unknown, or the inputs do not fit it.</exception>
    public IReadOnlyList<Value> NodeOutputs(
        string domain, string type, IReadOnlyList<Value?> inputs, AttributeList? attributes = null) =>
        AddNode(OperatorSet.Get(domain, type), inputs, attributes ?? AttributeList.Empty, null);

    /// <summary>Takes out the inputs that no output depends on: a runtime would ask for them all the same.</summary>
    public void RemoveUnusedInputs()
    {
        LiveNodes live = new(this);
        _inputs.RemoveAll(input => !live.Uses(input));
    }

    internal IReadOnlyList<Value> Add(Operator op, IReadOnlyList<Value?> inputs, AttributeList? attributes = null) =>
        AddNode(op, inputs, attributes ?? AttributeList.Empty, null);

    /// <summary>x, known to have <paramref name="shape"/> when the graph runs.</summary>
    internal Value Assume(Value x, Shape shape) =>
        x.Shape.Equals(shape) ? x : AddNode(new Assumed(shape), [x], AttributeList.Empty, null)[0];

    /// <summary>
    /// Adds a node under the names it has in a file; an empty output name leaves the output out. Names of nodes and of
    /// values are apart in ONNX, so the node's name may be a value's.
    /// </summary>
    internal IReadOnlyList<Value> AddNamed(
        Operator op, IReadOnlyList<Value?> inputs, AttributeList attributes, string nodeName,
        IReadOnlyList<string> outputNames)
    {
        foreach (string name in outputNames.Where(name => name.Length > 0))
        {
            Claim(name);
        }

        return AddNode(op, inputs, attributes, outputNames, nodeName.Length > 0 ? nodeName : outputNames[0]);
    }

    /// <summary>A size of which nothing is known.</summary>
    internal Dimension NewDimension() => NewSymbol();

    /// <summary>Makes <paramref name="value"/> a graph output under its own name.</summary>
    internal void MarkOutput(Value value) => _outputs.Add(value);

    private IReadOnlyList<Value> AddNode(Operator op, IReadOnlyList<Value?> inputs, AttributeList attributes,
        IReadOnlyList<string>? outputNames, string? nodeName = null)
    {
        string name = nodeName ?? NewName(op.Type);
        InferenceContext context = new(inputs, attributes, NewSymbol);
        IReadOnlyList<TensorType> types;
        IReadOnlyList<SymbolicInteger?>? integers;
        try
        {
            types = op.Infer(context);
            integers = types[0].Element is ElementType.Int64 or ElementType.Int32 or ElementType.Bool
                ? op.FoldIntegers(context)
                : null;
            InferenceContext.Require(outputNames is null || outputNames.Count <= types.Count,
                $"it has {types.Count} outputs, not {outputNames?.Count}");
        }
        catch (GraphException error)
        {
            string given = string.Join(", ", inputs.Select(i => i?.ToString() ?? "(none)"));
            throw new GraphException(
                $"{op.Type} '{name}' does not fit its inputs ({given}): {error.Message.TrimEnd('.')}.", error);
        }

        string OutputName(int i) => outputNames is not null ? outputNames[i]
            : types.Count == 1 ? name
            : $"{name}.{i.ToString(CultureInfo.InvariantCulture)}";
        Node node = new(name, op, inputs, attributes)
        {
            Outputs = [.. Enumerable.Range(0, outputNames?.Count ?? types.Count)
                .Select(i => new Value(OutputName(i), types[i], i == 0 ? integers : null))],
        };
        _nodes.Add(node);
        return node.Outputs;
    }

    private Value Constant(string key, Func<string, TensorProto> create)
    {
        if (!_constants.TryGetValue(key, out Value? value))
        {
            string name = "const/" + key;
            while (_names.Contains(name))
            {
                name += "'";
            }

            value = Initializer(create(name));
            _constants[key] = value;
        }

        return value;
    }

    /// <summary>A name nothing has yet: an imported graph may hold names of the same making.</summary>
    private string NewName(string type)
    {
        string stem = _scope + type;
        string name;
        do
        {
            int count = _nameCounts.GetValueOrDefault(stem);
            _nameCounts[stem] = count + 1;
            name = count == 0 ? stem : $"{stem}_{count.ToString(CultureInfo.InvariantCulture)}";
        }
        while (!_names.Add(name));
        return name;
    }

    private string NewSymbol() => Dimension.UnknownMark + (_symbols++).ToString(CultureInfo.InvariantCulture);

    private void Claim(string name)
    {
        if (!_names.Add(name))
        {
            throw new GraphException($"The graph '{Name}' already has a value called '{name}'.");
        }
    }

    private sealed class ScopeEnd(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
