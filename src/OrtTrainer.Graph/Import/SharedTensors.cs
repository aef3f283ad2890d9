using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>
/// Undoes what exporters do with tensors of equal values: they store one and give it the others' names by Identity. A
/// name of a module gets a tensor of its own again; any other name is the tensor.
/// </summary>
internal static class SharedTensors
{
    /// <summary>The model with no Identity on stored tensors.</summary>
    public static ModelProto Resolve(ModelProto model)
    {
        Dictionary<string, TensorProto> stored =
            model.Graph.Initializer.ToDictionary(t => t.Name, StringComparer.Ordinal);
        HashSet<string> outputs = [.. model.Graph.Output.Select(o => o.Name)];
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        List<TensorProto> copies = [];
        List<NodeProto> kept = [];
        foreach (NodeProto node in model.Graph.Node)
        {
            string? source = node.OpType == "Identity" && node.Domain.Length == 0 && node.Input.Count == 1
                ? names.GetValueOrDefault(node.Input[0], node.Input[0])
                : null;
            if (source is null || !stored.TryGetValue(source, out TensorProto? tensor)
                || outputs.Contains(node.Output[0]))
            {
                kept.Add(node);
                continue;
            }

            TensorProto copy = tensor.Clone();
            copy.Name = node.Output[0];
            if (WeightUses.IsNamed(copy))
            {
                copies.Add(copy);
                stored[copy.Name] = copy;
            }
            else
            {
                names[copy.Name] = source;
            }
        }

        if (kept.Count == model.Graph.Node.Count)
        {
            return model;
        }

        ModelProto resolved = model.Clone();
        resolved.Graph.Initializer.AddRange(copies);
        resolved.Graph.Node.Clear();
        resolved.Graph.Node.AddRange(kept.Select(node => node.Clone()));
        foreach (NodeProto node in resolved.Graph.Node)
        {
            Rename(node, names);
        }

        return resolved;
    }

    private static void Rename(NodeProto node, Dictionary<string, string> names)
    {
        for (int i = 0; i < node.Input.Count; i++)
        {
            node.Input[i] = names.GetValueOrDefault(node.Input[i], node.Input[i]);
        }

        foreach (NodeProto inner in node.Attribute.Where(a => a.G is not null).SelectMany(a => a.G.Node))
        {
            Rename(inner, names);
        }
    }
}
