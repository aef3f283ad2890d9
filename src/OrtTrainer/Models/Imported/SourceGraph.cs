using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Models.Imported;

/// <summary>The graph of an exported model as it is read: who makes a value, and who reads it.</summary>
internal sealed class SourceGraph
{
    private readonly Dictionary<Value, Node> _producers = [];
    private readonly Dictionary<Value, int> _uses = [];
    private readonly Dictionary<string, TensorProto> _stored;
    private readonly HashSet<Value> _weights;
    private readonly Dictionary<Value, bool> _learned = [];
    private readonly Dimension? _rows;
    private readonly Dimension? _columns;
    private readonly string? _flat;

    /// <param name="graph">The graph, whose weights are inputs.</param>
    /// <param name="data">The inputs that are no weights.</param>
    public SourceGraph(GraphBuilder graph, IReadOnlyList<Value> data)
    {
        Graph = graph;
        Data = data;
        _weights = [.. graph.Inputs.Except(data)];
        _stored = graph.Initializers.ToDictionary(t => t.Name, StringComparer.Ordinal);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value output in node.Outputs)
            {
                _producers[output] = node;
            }

            foreach (Value input in node.Inputs.OfType<Value>())
            {
                _uses[input] = _uses.GetValueOrDefault(input) + 1;
            }
        }

        foreach (Value output in graph.Outputs)
        {
            _uses[output] = _uses.GetValueOrDefault(output) + 1;
        }

        if (data.FirstOrDefault(d => d.Name == PaddedInputs.InputIds) is { Shape.Rank: 2 } ids)
        {
            (_rows, _columns) = (ids.Shape[0], ids.Shape[1]);
            _flat = SymbolicInteger.Multiply(SymbolicInteger.Of(ids.Shape[0]),
                SymbolicInteger.Of(ids.Shape[1]))?.Symbol;
        }
    }

    public GraphBuilder Graph { get; }

    /// <summary>The inputs that are no weights.</summary>
    public IReadOnlyList<Value> Data { get; }

    /// <summary>The size that counts sequences.</summary>
    public Dimension? Rows => _rows;

    /// <summary>The size that counts tokens of a row.</summary>
    public Dimension? Columns => _columns;

    /// <summary>The node that makes a value; null for inputs and stored tensors.</summary>
    public Node? Producer(Value value) => _producers.GetValueOrDefault(value);

    /// <summary>The node that makes a value, if it is of that type.</summary>
    public Node? Producer(Value? value, string type) =>
        value is not null && _producers.TryGetValue(value, out Node? node) && node.Operator.Type == type
            && node.Operator.Domain.Length == 0 ? node : null;

    public bool IsWeight(Value? value) => value is not null && _weights.Contains(value);

    /// <summary>How often a value is read.</summary>
    public int UsesOf(Value value) => _uses.GetValueOrDefault(value);

    /// <summary>The stored tensor that a value is; null for none.</summary>
    public TensorProto? Stored(Value value) => _stored.GetValueOrDefault(value.Name);

    /// <summary>The number that a value is in every run; null where it has several elements or depends on the
    /// run.</summary>
    public float? Scalar(Value? value)
    {
        if (value is null)
        {
            return null;
        }

        if (_stored.TryGetValue(value.Name, out TensorProto? tensor))
        {
            return tensor.DataType == (int)OrtTrainer.Graph.ElementType.Float && tensor.Dims.All(size => size == 1)
                ? tensor.ReadFloat()[0]
                : null;
        }

        return Producer(value) is not { } node ? null : node.Operator.Type switch
        {
            "Cast" => node.Inputs[0]!.ConstantIntegers is [var number] ? number : Scalar(node.Inputs[0]),
            "Sqrt" => Scalar(node.Inputs[0]) is { } x ? MathF.Sqrt(x) : null,
            "Div" => Scalar(node.Inputs[0]) / Scalar(node.Inputs[1]),
            "Mul" => Scalar(node.Inputs[0]) * Scalar(node.Inputs[1]),
            _ => null,
        };
    }

    /// <summary>Whether a value depends on weights: a float that is made of them, and not sizes or masks.</summary>
    public bool IsLearned(Value value)
    {
        if (value.Type.Element != OrtTrainer.Graph.ElementType.Float)
        {
            return false;
        }

        if (!_learned.TryGetValue(value, out bool learned))
        {
            learned = IsWeight(value)
                || (Producer(value)?.Inputs.Any(input => input is not null && IsLearned(input)) ?? false);
            _learned[value] = learned;
        }

        return learned;
    }

    /// <summary>The input that a value has the elements of, in whatever shape; null for none.</summary>
    public Value? DataOf(Value value) => Data.Contains(value) ? value
        : Producer(value) is { Operator.Type: "Reshape" or "Cast" or "Identity" or "Unsqueeze" or "Squeeze" } node
            ? DataOf(node.Inputs[0]!)
        : null;

    /// <summary>Whether a node of that type is among those that make a value.</summary>
    public bool IsMadeBy(Value value, string type)
    {
        HashSet<Value> seen = [value];
        Stack<Value> open = new([value]);
        while (open.TryPop(out Value? next))
        {
            if (Producer(next) is not { } node)
            {
                continue;
            }

            if (node.Operator.Type == type)
            {
                return true;
            }

            foreach (Value input in node.Inputs.OfType<Value>().Where(seen.Add))
            {
                open.Push(input);
            }
        }

        return false;
    }

    /// <summary>Whether a value has a row per token of a batch.</summary>
    public TokenForm FormOf(Value value) => _rows is not { } rows || value.Shape.Rank == 0
        ? TokenForm.None
        : value.Shape.Rank >= 2 && value.Shape[0] == rows && value.Shape[1] == _columns ? TokenForm.ByRow
        : value.Shape[0].Symbol is { } symbol && symbol == _flat ? TokenForm.Flat
        : TokenForm.None;
}
