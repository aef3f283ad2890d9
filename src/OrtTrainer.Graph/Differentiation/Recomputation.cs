using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Differentiation;

/// <summary>
/// Nodes computed again for their gradients (Chen et al., 2016, arXiv:1604.06174), so that what they made need not be
/// kept: only what they read from before them is. The second time they wait for the gradient that arrives at them,
/// because a runtime would otherwise compute them when it first could.
/// </summary>
internal sealed class Recomputation
{
    private readonly GraphBuilder _builder;
    private readonly Node[] _nodes;
    private readonly NodeRange[] _rangeOfNode;
    private readonly HashSet<Value> _made;
    private readonly Dictionary<NodeRange, Node[]> _again = [];

    /// <param name="builder">Holds the nodes.</param>
    /// <param name="nodes">All nodes before differentiation.</param>
    /// <param name="ranges">Those to compute again, no two of which overlap.</param>
    public Recomputation(GraphBuilder builder, Node[] nodes, IReadOnlyList<NodeRange> ranges)
    {
        _builder = builder;
        _nodes = nodes;
        _rangeOfNode = new NodeRange[nodes.Length];
        foreach (NodeRange range in ranges)
        {
            _rangeOfNode.AsSpan(range.First, range.End - range.First).Fill(range);
        }

        _made = [.. nodes.SelectMany(node => node.Outputs)];
    }

    /// <summary>The node whose inputs and outputs a gradient rule should read in place of one.</summary>
    /// <param name="index">Of the node.</param>
    /// <param name="arrived">A gradient of one of its outputs.</param>
    public Node Again(int index, Value arrived)
    {
        NodeRange range = _rangeOfNode[index];
        if (range == default)
        {
            return _nodes[index];
        }

        if (!_again.TryGetValue(range, out Node[]? again))
        {
            _again[range] = again = Compute(range, arrived);
        }

        return again[index - range.First];
    }

    private Node[] Compute(NodeRange range, Value arrived)
    {
        Dictionary<Value, Value> values = [];
        Value? Mapped(Value? input)
        {
            if (input is null || values.TryGetValue(input, out Value? known))
            {
                return input is null ? null : values[input];
            }

            // Constants, parameters and what a batch brings are kept anyway.
            return values[input] = _made.Contains(input) && input.Type.Element == ElementType.Float
                ? _builder.NodeOutputs(FunctionDefinition.Domain, "After", [input, arrived])[0]
                : input;
        }

        List<Node> again = [];
        foreach (Node node in _nodes[range.First..range.End])
        {
            IReadOnlyList<Value> outputs =
                _builder.Add(node.Operator, [.. node.Inputs.Select(Mapped)], node.Attributes);
            for (int i = 0; i < outputs.Count; i++)
            {
                values[node.Outputs[i]] = outputs[i];
            }

            again.Add(_builder.Nodes[^1]);
        }

        return [.. again];
    }
}
