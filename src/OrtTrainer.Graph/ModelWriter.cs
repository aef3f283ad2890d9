using Google.Protobuf;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph;

/// <summary>Turns a built graph into an ONNX model.</summary>
public static class ModelWriter
{
    /// <summary>IR version 8 goes with opset 17 and 18 and has functions; older runtimes read it.</summary>
    private const long IrVersion = 8;

    /// <summary>The lowest opset written, for the widest choice of runtimes.</summary>
    private const int LowestOpset = 17;

    /// <summary>
    /// The graph as a model, with the functions of the fused operators it uses and the lowest opset from 17 up that has all its
    /// operators.
    /// </summary>
    public static ModelProto ToModel(this GraphBuilder builder)
    {
        LiveNodes live = new(builder);
        string[] functions = [.. live.Nodes.Where(n => n.Operator.Domain == FunctionDefinition.Domain)
            .Select(n => n.Operator.Type).Distinct()];
        int opset = live.Nodes.Select(n => n.Operator.MinimumOpset).Append(LowestOpset).Max();
        ModelProto model = new()
        {
            IrVersion = IrVersion,
            ProducerName = "OrtTrainer",
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
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)value.Type.Element, Shape = shape } },
        };
    }
}
