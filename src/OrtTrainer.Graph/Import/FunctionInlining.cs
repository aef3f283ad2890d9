using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>
/// Puts the bodies of a model's functions in place of their calls, for runtimes that are to see standard operators
/// alone.
/// </summary>
public static class FunctionInlining
{
    /// <summary>
    /// A model that computes the same without functions: its standard operators are of the version that bodies are
    /// written in, or a newer one, and nodes that no output depends on are left out.
    /// </summary>
    /// <param name="model">A model that <see cref="ModelWriter"/> made; it is not changed.</param>
    public static ModelProto Inlined(this ModelProto model)
    {
        ModelProto inlined = model.Clone();
        if (model.Functions.Count == 0)
        {
            return inlined;
        }

        Dictionary<(string, string), FunctionProto> functions =
            model.Functions.ToDictionary(function => (function.Domain, function.Name));
        List<NodeProto> nodes = [];
        foreach (NodeProto node in model.Graph.Node)
        {
            Add(node, functions, nodes);
        }

        inlined.Functions.Clear();
        inlined.Graph.Node.Clear();
        inlined.Graph.Node.AddRange(Live(nodes, model.Graph));
        HashSet<string> domains = [.. inlined.Graph.Node.Select(node => node.Domain).Append("")];
        OperatorSetIdProto[] imports = [.. inlined.OpsetImport.Where(import => domains.Contains(import.Domain))];
        inlined.OpsetImport.Clear();
        inlined.OpsetImport.AddRange(imports);
        OperatorSetIdProto standard = imports.Single(import => import.Domain.Length == 0);
        standard.Version = Math.Max(standard.Version, FunctionDefinition.BodyOpset);
        return inlined;
    }

    /// <summary>Adds a node, or the nodes of what it calls.</summary>
    private static void Add(
        NodeProto node, Dictionary<(string, string), FunctionProto> functions, List<NodeProto> nodes)
    {
        if (!functions.TryGetValue((node.Domain, node.OpType), out FunctionProto? function))
        {
            nodes.Add(node.Clone());
            return;
        }

        // An input that is left out has no name, and neither has what stands for it.
        Dictionary<string, string> names = new(StringComparer.Ordinal) { [""] = "" };
        for (int i = 0; i < function.Input.Count; i++)
        {
            names[function.Input[i]] = i < node.Input.Count ? node.Input[i] : "";
        }

        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length > 0)
            {
                names[function.Output[i]] = node.Output[i];
            }
        }

        foreach (NodeProto part in function.Node)
        {
            NodeProto bound = FunctionCall.Bind(part, function, node).Clone();
            bound.Name = $"{node.Name}/{bound.Output[0]}";
            Rename(bound.Input);
            Rename(bound.Output);
            Add(bound, functions, nodes);
        }

        void Rename(Google.Protobuf.Collections.RepeatedField<string> values)
        {
            for (int i = 0; i < values.Count; i++)
            {
                values[i] = names.TryGetValue(values[i], out string? known) ? known : $"{node.Name}/{values[i]}";
            }
        }
    }

    /// <summary>The nodes that outputs of the graph depend on, in order.</summary>
    private static IEnumerable<NodeProto> Live(List<NodeProto> nodes, GraphProto graph)
    {
        HashSet<string> used = [.. graph.Output.Select(output => output.Name)];
        List<NodeProto> live = [];
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if (nodes[i].Output.Any(used.Contains))
            {
                live.Add(nodes[i]);
                used.UnionWith(nodes[i].Input.Where(input => input.Length > 0));
            }
        }

        live.Reverse();
        return live;
    }
}
