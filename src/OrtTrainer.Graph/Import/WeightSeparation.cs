using System.Text.RegularExpressions;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>
/// Takes the weights out of an exported model. Weights that exporters folded get back the names and the layout of the
/// modules they came from: a matrix that was turned for a product is <c>module.weight</c> [out, in] again, and one that
/// is another weight turned is that weight.
/// </summary>
public static partial class WeightSeparation
{
    /// <summary>What this project's exports add to the name of a matrix that lies as [in, out].</summary>
    private const string TransposedSuffix = ".transposed";

    private const string ScopesKey = "pkg.torch.onnx.name_scopes";

    /// <summary>The model with its weights as inputs.</summary>
    /// <param name="model">A model whose external data is loaded; it is not changed.</param>
    /// <exception cref="GraphException">The graph is not understood, or there is nothing in it that is
    /// learned.</exception>
    public static SeparatedModel Separate(ModelProto model)
    {
        RequireFloat(model);
        model = SharedTensors.Resolve(model);
        ImportedGraph imported = GraphImporter.Import(model, WeightUses.MayBeWeight);
        WeightUses uses = new(imported);
        ImportedParameter[] weights = [.. imported.Parameters.Where(p => uses.IsWeight(p.Value))];
        if (weights.Length == 0)
        {
            throw new GraphException(
                "No weight was found: no stored float tensor is the matrix of a product, a table of embeddings, " +
                "a norm or named as a module's. A model whose weights are integers, or are given as inputs, cannot " +
                "be trained.");
        }

        ModelProto separated = model.Clone();
        Dictionary<string, NodeProto> readers = FirstReaders(separated.Graph);
        HashSet<string> taken = [.. weights.Where(w => WeightUses.IsNamed(w.Tensor)).Select(w => w.Tensor.Name)];
        List<TensorProto> tensors = [];
        List<NodeProto> turned = [];
        foreach (ImportedParameter weight in weights)
        {
            bool isTurned = uses.IsRightFactor(weight.Value);
            string? plain = isTurned && weight.Tensor.Name.EndsWith(TransposedSuffix, StringComparison.Ordinal)
                ? weight.Tensor.Name[..^TransposedSuffix.Length]
                : null;
            if (plain is null && WeightUses.IsNamed(weight.Tensor))
            {
                tensors.Add(weight.Tensor);
                continue;
            }

            if (isTurned && weights.FirstOrDefault(w => IsTransposeOf(w.Tensor, weight.Tensor)) is { } original)
            {
                turned.Add(Transpose(original.Tensor.Name, weight.Tensor.Name));
                continue;
            }

            string name = Unique(
                plain ?? NameOf(weight, uses, readers) ?? weight.Tensor.Name.Replace("onnx::", "") + ".weight", taken);
            TensorProto tensor = isTurned ? Transposed(weight.Tensor) : weight.Tensor.Clone();
            tensor.Name = name;
            tensors.Add(tensor);
            turned.Add(isTurned ? Transpose(name, weight.Tensor.Name) : Identity(name, weight.Tensor.Name));
        }

        HashSet<string> removed = [.. weights.Select(w => w.Tensor.Name)];
        TensorProto[] kept = [.. separated.Graph.Initializer.Where(t => !removed.Contains(t.Name))];
        separated.Graph.Initializer.Clear();
        separated.Graph.Initializer.AddRange(kept);
        ValueInfoProto[] inputs = [.. separated.Graph.Input.Where(i => !removed.Contains(i.Name))];
        separated.Graph.Input.Clear();
        separated.Graph.Input.AddRange(inputs);
        separated.Graph.Input.AddRange(tensors.Select(InputOf));
        NodeProto[] nodes = [.. separated.Graph.Node];
        separated.Graph.Node.Clear();
        separated.Graph.Node.AddRange(turned);
        separated.Graph.Node.AddRange(nodes);
        return new(separated, tensors);
    }

    private static void RequireFloat(ModelProto model)
    {
        TensorProto? half = model.Graph.Initializer.FirstOrDefault(t => t.Dims.Count > 1
            && (ElementType)t.DataType is not (ElementType.Float or ElementType.Int64 or ElementType.Int32
                or ElementType.Bool));
        if (half is not null)
        {
            throw new GraphException(
                $"The stored tensor '{half.Name}' is {half.ValueType()}; weights in float32 can be trained. " +
                "Export the model in float32, before it is converted or quantized.");
        }
    }

    /// <summary>The name of the module whose matrix or bias it is: by the bias beside it, by the name of the node, or
    /// by the scopes that newer exporters note down.</summary>
    private static string? NameOf(ImportedParameter weight, WeightUses uses, Dictionary<string, NodeProto> readers)
    {
        string part = weight.Tensor.Dims.Count > 1 ? ".weight" : ".bias";
        string? found = uses.UsesOf(weight.Value).Select(use => BiasOf(use.Node, use.Place, uses))
            .OfType<string>().FirstOrDefault();
        return found is { } bias
            ? bias[..^".bias".Length] + part
            : readers.TryGetValue(weight.Tensor.Name, out NodeProto? reader) && ModuleOf(reader) is { } module
                ? module + part
                : null;
    }

    /// <summary>The name of the bias that is added to the product of a node; null for none, and for one of another
    /// name.</summary>
    private static string? BiasOf(Node node, int place, WeightUses uses)
    {
        IEnumerable<Value?> added = node.Operator.Type switch
        {
            "MatMul" => uses.UsesOf(node.Outputs[0]).Where(use => use.Node.Operator.Type == "Add")
                .Select(use => use.Node.Inputs[1 - use.Place]),
            "Gemm" or "Conv" when place == 1 => node.Inputs.Skip(2),
            _ => [],
        };
        Value[] biases =
        [
            .. added.OfType<Value>().Where(bias =>
                bias.Name.EndsWith(".bias", StringComparison.Ordinal) && bias.Shape.Rank == 1),
        ];
        return biases is [var only] ? only.Name : null;
    }

    /// <summary>The module of a node, as <c>encoder.layer.0.query</c>.</summary>
    private static string? ModuleOf(NodeProto node)
    {
        if (node.Name.StartsWith('/') && node.Name.LastIndexOf('/') is > 0 and int end)
        {
            return node.Name[1..end].Replace('/', '.');
        }

        string? scopes = node.MetadataProps.FirstOrDefault(p => p.Key == ScopesKey)?.Value;
        string[] modules = scopes is null ? [] : [.. Quoted().Matches(scopes).Select(m => m.Groups[1].Value)];
        return modules.Length > 1 && modules[^2].Length > 0 ? modules[^2] : null;
    }

    private static Dictionary<string, NodeProto> FirstReaders(GraphProto graph)
    {
        Dictionary<string, NodeProto> readers = new(StringComparer.Ordinal);
        foreach (NodeProto node in graph.Node)
        {
            foreach (string input in node.Input)
            {
                readers.TryAdd(input, node);
            }
        }

        return readers;
    }

    private static string Unique(string name, HashSet<string> taken)
    {
        string unique = name;
        for (int i = 1; !taken.Add(unique); i++)
        {
            int end = name.LastIndexOf('.');
            unique = $"{name[..end]}_{i}{name[end..]}";
        }

        return unique;
    }

    private static bool IsTransposeOf(TensorProto original, TensorProto turned)
    {
        if (original == turned || original.Dims.Count != 2 || !WeightUses.IsNamed(original)
            || original.Dims[0] != turned.Dims[1] || original.Dims[1] != turned.Dims[0])
        {
            return false;
        }

        return original.ReadFloat().AsSpan().SequenceEqual(
            TensorContent.Transposed(turned.ReadFloat(), turned.Dims[0], turned.Dims[1]));
    }

    private static TensorProto Transposed(TensorProto tensor) => TensorContent.Float(
        tensor.Name, [tensor.Dims[1], tensor.Dims[0]],
        TensorContent.Transposed(tensor.ReadFloat(), tensor.Dims[0], tensor.Dims[1]));

    private static ValueInfoProto InputOf(TensorProto tensor)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange(tensor.Dims.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto
        {
            Name = tensor.Name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = tensor.DataType, Shape = shape },
            },
        };
    }

    private static NodeProto Transpose(string from, string to)
    {
        NodeProto node = new() { OpType = "Transpose", Name = to + "/Transpose" };
        node.Input.Add(from);
        node.Output.Add(to);
        node.Attribute.Add(AttributeList.Empty.With("perm", 1, 0).All);
        return node;
    }

    private static NodeProto Identity(string from, string to)
    {
        NodeProto node = new() { OpType = "Identity", Name = to + "/Identity" };
        node.Input.Add(from);
        node.Output.Add(to);
        return node;
    }

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
