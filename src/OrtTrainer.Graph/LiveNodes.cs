using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph;

/// <summary>
/// What the outputs of a graph depend on. Gradient rules may add nodes that turn out to be unused; a runtime would
/// execute them all.
/// </summary>
internal sealed class LiveNodes
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public LiveNodes(GraphBuilder builder)
    {
        _used.UnionWith(builder.Outputs.Select(output => output.Name));
        List<Node> nodes = [];
        foreach (Node node in builder.Nodes.Reverse())
        {
            if (node.Outputs.Any(output => _used.Contains(output.Name)))
            {
                nodes.Add(node);
                _used.UnionWith(node.Inputs.Where(input => input is not null).Select(input => input!.Name));
            }
        }

        nodes.Reverse();
        Nodes = nodes;
        Initializers = [.. builder.Initializers.Where(tensor => _used.Contains(tensor.Name))];
    }

    /// <summary>Whether an output depends on a value.</summary>
    public bool Uses(Value value) => _used.Contains(value.Name);

    /// <summary>The nodes an output depends on, in order.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The stored tensors those nodes read.</summary>
    public IReadOnlyList<TensorProto> Initializers { get; }
}
