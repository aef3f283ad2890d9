using Google.Protobuf;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Export;

/// <summary>
/// An exported graph with weights of int8: a scale for every output of a linear layer and for every row of a table,
/// symmetric. The inputs of linear layers are rounded to 8 bits as they come, by their own range. Standard operators,
/// in the order in which ONNX Runtime's own tools write them, which it runs as one.
/// </summary>
internal sealed class Int8Graph
{
    private const int Largest = sbyte.MaxValue;

    private readonly Dictionary<string, TensorProto> _floats;
    private readonly Dictionary<string, (string Values, string Scales)> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _inputs = new(StringComparer.Ordinal);
    private readonly List<NodeProto> _nodes = [];
    private readonly List<TensorProto> _made = [];

    private Int8Graph(GraphProto graph)
    {
        // A weight that something else reads, too, stays as it is: stored in both forms it would be larger.
        HashSet<string> others = [.. graph.Node.SelectMany(node => node.Input.Where((name, i) => !Takes(node, i)))];
        _floats = graph.Initializer
            .Where(tensor => tensor.DataType == (int)ElementType.Float && tensor.Dims.Count == 2)
            .Where(tensor => !others.Contains(tensor.Name))
            .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The graph with int8 weights.</summary>
    /// <param name="model">The float32 graph with its weights inside; it stays as it is.</param>
    public static ModelProto Of(ModelProto model)
    {
        ModelProto made = model.Clone();
        Int8Graph rewritten = new(made.Graph);
        foreach (NodeProto node in made.Graph.Node)
        {
            rewritten.Add(node);
        }

        made.Graph.Node.Clear();
        made.Graph.Node.AddRange(rewritten._nodes);
        TensorProto[] kept = [.. made.Graph.Initializer.Where(t => !rewritten._weights.ContainsKey(t.Name))];
        made.Graph.Initializer.Clear();
        made.Graph.Initializer.AddRange(kept);
        made.Graph.Initializer.AddRange(rewritten._made);
        return made;
    }

    /// <summary>Whether a node's input may be int8: the right factor of a product, or a table whose rows are
    /// picked.</summary>
    private static bool Takes(NodeProto node, int input) => (node.OpType, input) switch
    {
        ("MatMul", 1) => true,
        ("Gather", 0) => node.Attribute.All(a => a.Name != "axis" || a.I == 0),
        _ => false,
    };

    private void Add(NodeProto node)
    {
        if (node.OpType == "MatMul" && _floats.TryGetValue(node.Input[1], out TensorProto? weight))
        {
            Multiply(node, Stored(weight, byColumn: true));
        }
        else if (node.OpType == "Gather" && _floats.TryGetValue(node.Input[0], out TensorProto? table))
        {
            Pick(node, Stored(table, byColumn: false));
        }
        else
        {
            _nodes.Add(node);
        }
    }

    private void Multiply(NodeProto node, (string Values, string Scales) weight)
    {
        (string x, string y) = (node.Input[0], node.Output[0]);
        if (!_inputs.TryGetValue(x, out string? rounded))
        {
            _inputs[x] = rounded = x + ".uint8";
            Emit("DynamicQuantizeLinear", [x], [rounded, x + ".scale", x + ".zero_point"]);
        }

        Emit("MatMulInteger", [rounded, weight.Values, x + ".zero_point"], [y + ".int32"]);
        Cast(y + ".int32", y + ".unscaled");
        Emit("Mul", [x + ".scale", weight.Scales], [y + ".scale"]);
        Emit("Mul", [y + ".unscaled", y + ".scale"], [y]);
    }

    private void Pick(NodeProto node, (string Values, string Scales) table)
    {
        (string ids, string y) = (node.Input[1], node.Output[0]);
        Emit("Gather", [table.Values, ids], [y + ".int8"]);
        Cast(y + ".int8", y + ".unscaled");
        Emit("Gather", [table.Scales, ids], [y + ".scale"]);
        Emit("Mul", [y + ".unscaled", y + ".scale"], [y]);
    }

    private void Cast(string from, string to)
    {
        Emit("Cast", [from], [to]);
        _nodes[^1].Attribute.Add(new AttributeProto
        {
            Name = "to",
            Type = AttributeProto.Types.AttributeType.Int,
            I = (long)ElementType.Float,
        });
    }

    private void Emit(string type, string[] inputs, string[] outputs)
    {
        NodeProto node = new() { OpType = type, Name = outputs[0] };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        _nodes.Add(node);
    }

    /// <summary>A matrix as int8 with a scale per column, [columns], or per row, [rows, 1].</summary>
    private (string Values, string Scales) Stored(TensorProto matrix, bool byColumn)
    {
        if (!_weights.TryGetValue(matrix.Name, out (string Values, string Scales) names))
        {
            names = (matrix.Name + ".int8", matrix.Name + ".scale");
            _weights.Add(matrix.Name, names);
            (int rows, int columns) = ((int)matrix.Dims[0], (int)matrix.Dims[1]);
            float[] scales = Round(matrix.ReadFloat(), rows, columns, byColumn, out sbyte[] values);
            TensorProto rounded = new()
            {
                Name = names.Values,
                DataType = (int)ElementType.Int8,
                RawData = ByteString.CopyFrom((byte[])(Array)values),
            };
            rounded.Dims.AddRange(matrix.Dims);
            _made.Add(rounded);
            _made.Add(TensorContent.Float(names.Scales, byColumn ? [columns] : [rows, 1], scales));
        }

        return names;
    }

    private static float[] Round(float[] matrix, int rows, int columns, bool byColumn, out sbyte[] values)
    {
        float[] scales = new float[byColumn ? columns : rows];
        for (int i = 0; i < matrix.Length; i++)
        {
            ref float scale = ref scales[byColumn ? i % columns : i / columns];
            scale = Math.Max(scale, Math.Abs(matrix[i]) / Largest);
        }

        values = new sbyte[matrix.Length];
        for (int i = 0; i < matrix.Length; i++)
        {
            float scale = scales[byColumn ? i % columns : i / columns];
            values[i] = scale == 0
                ? (sbyte)0
                : (sbyte)Math.Clamp(MathF.Round(matrix[i] / scale), -Largest, Largest);
        }

        return scales;
    }
}
