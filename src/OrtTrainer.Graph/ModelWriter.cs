using Google.Protobuf;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Graph.Operators;

namespace OrtTrainer.Graph;

/// <summary>Turns a built graph into an ONNX model.</summary>
public static class ModelWriter
{
    /// <summary>The lowest opset written, for the widest choice of runtimes.</summary>
    private const int LowestOpset = 17;

    /// <summary>Protobuf's limit of 2 GB less room for everything but the stored tensors.</summary>
    /// <summary>What files of this writer say that made them.</summary>
    internal const string Producer = "OrtTrainer";

    private const long LargestFile = int.MaxValue - (64L << 20);

    /// <summary>
    /// The graph as a model, with the functions of the fused operators it uses and the lowest opset from 17 up that has
    /// all its operators.
    /// </summary>
    public static ModelProto ToModel(this GraphBuilder builder)
    {
        LiveNodes live = new(builder);
        string[] functions = [.. live.Nodes.Where(n => n.Operator.Domain == FunctionDefinition.Domain)
            .Select(n => n.Operator.Type).Distinct()];
        int opset = live.Nodes.Select(n => n.Operator.MinimumOpset)
            .Append(LowestOpset).Append(builder.MinimumOpset).Max();
        ModelProto model = new()
        {
            IrVersion = IrVersion(opset),
            ProducerName = Producer,
            ProducerVersion = typeof(ModelWriter).Assembly.GetName().Version!.ToString(3),
            Graph = ToGraph(builder, live),
        };
        foreach (string domain in live.Nodes.Select(n => n.Operator.Domain).Append("").Distinct())
        {
            long version = domain.Length == 0 ? opset : FunctionDefinition.DomainVersion;
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        }

        model.Functions.AddRange(FunctionLibrary.Closure(functions));
        return model;
    }

    /// <summary>The model as the bytes of an ONNX file.</summary>
    public static byte[] ToBytes(this GraphBuilder builder) => builder.ToModel().ToByteArray();

    /// <summary>
    /// Writes an ONNX file. Where stored tensors take more than <paramref name="externalAbove"/> bytes together, those
    /// of 1 KB and more go to a file beside it, called as the model with <c>.data</c> added.
    /// </summary>
    /// <param name="builder">The graph.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="externalAbove">In bytes, from 0; by default just below 2 GB, the largest message of
    /// protobuf.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(this GraphBuilder builder, string path, long externalAbove = LargestFile)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(externalAbove);
        ModelProto model = builder.ToModel();
        if (model.Graph.Initializer.Sum(tensor => (long)tensor.RawData.Length) > externalAbove)
        {
            string location = Path.GetFileName(path) + ".data";
            using FileStream data = File.Create(path + ".data");
            TensorProto[] stored =
                [.. model.Graph.Initializer.Select(tensor => ExternalTensor.Store(tensor, data, location))];
            model.Graph.Initializer.Clear();
            model.Graph.Initializer.AddRange(stored);
        }

        using FileStream file = File.Create(path);
        model.WriteTo(file);
    }

    /// <summary>
    /// The version of the file format in which an operator set came: the oldest, for the widest choice of runtimes.
    /// </summary>
    private static long IrVersion(int opset) => opset switch
    {
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        23 => 11,
        _ => 12,
    };

    private static GraphProto ToGraph(GraphBuilder builder, LiveNodes live)
    {
        GraphProto graph = new() { Name = builder.Name };
        graph.Input.AddRange(builder.Inputs.Select(Describe));
        graph.Output.AddRange(builder.Outputs.Select(Describe));
        graph.Initializer.AddRange(live.Initializers);
        foreach (Node node in live.Nodes)
        {
            NodeProto proto = new() { Name = node.Name, OpType = node.Operator.Type, Domain = node.Operator.Domain };
            proto.Input.AddRange(node.Inputs.Select(i => i?.Name ?? ""));
            proto.Output.AddRange(node.Outputs.Select(o => o.Name));
            proto.Attribute.AddRange(node.Attributes.All);
            graph.Node.Add(proto);
        }

        return graph;
    }

    private static ValueInfoProto Describe(Value value)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange(value.Shape.Select(d => d.IsFixed
            ? new TensorShapeProto.Types.Dimension { DimValue = d.Size }
            : d.IsUnknown
                ? new TensorShapeProto.Types.Dimension()
                : new TensorShapeProto.Types.Dimension { DimParam = d.Symbol }));
        return new ValueInfoProto
        {
            Name = value.Name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)value.Type.Element, Shape = shape },
            },
        };
    }
}
