using Google.Protobuf;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Graph.Operators;

namespace OrtTrainer.Tests.Runtime;

/// <summary>Small ONNX models, written node by node.</summary>
internal sealed class TestModel
{
    private readonly GraphProto _graph = new() { Name = "test" };
    private readonly List<FunctionProto> _functions = [];

    public TestModel Input(string name, ElementType type, params string[] dimensions)
    {
        _graph.Input.Add(Value(name, type, dimensions));
        return this;
    }

    public TestModel Output(string name, ElementType type, params string[] dimensions)
    {
        _graph.Output.Add(Value(name, type, dimensions));
        return this;
    }

    /// <summary>An output whose type is left to inference, such as a sequence of tensors.</summary>
    public TestModel Inferred(string name)
    {
        _graph.Output.Add(new ValueInfoProto { Name = name });
        return this;
    }

    public TestModel Node(
        string op, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes) =>
        Add("", op, inputs, outputs, attributes);

    /// <summary>A node of domain ai.orttrainer.</summary>
    public TestModel Fused(
        string op, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes) =>
        Add("ai.orttrainer", op, inputs, outputs, attributes);

    /// <summary>A float32 tensor kept in a file beside the model's.</summary>
    public TestModel External(string name, string file, int length)
    {
        TensorProto tensor = new()
        {
            Name = name, DataType = (int)ElementType.Float, DataLocation = TensorProto.Types.DataLocation.External,
        };
        tensor.Dims.Add(length);
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = file });
        _graph.Initializer.Add(tensor);
        return this;
    }

    /// <summary>Adds the function body of a fused operator, as the models of the trainer carry it.</summary>
    public TestModel WithBody(string op)
    {
        _functions.AddRange(FunctionLibrary.Closure([op]));
        return this;
    }

    public byte[] Bytes() => new ModelProto
    {
        IrVersion = 8,
        OpsetImport =
        {
            new OperatorSetIdProto { Domain = "", Version = 18 },
            new OperatorSetIdProto { Domain = "ai.orttrainer", Version = 1 },
        },
        Graph = _graph,
        Functions = { _functions },
    }.ToByteArray();

    private static ValueInfoProto Value(string name, ElementType type, string[] dimensions)
    {
        TensorShapeProto shape = new();
        foreach (string dimension in dimensions)
        {
            shape.Dim.Add(long.TryParse(dimension, out long size)
                ? new TensorShapeProto.Types.Dimension { DimValue = size }
                : new TensorShapeProto.Types.Dimension { DimParam = dimension });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        float number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = number },
        int number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = number },
        string text => new AttributeProto
        {
            Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(text),
        },
        _ => throw new ArgumentException($"No attribute type for {value.GetType()}.", nameof(value)),
    };

    private TestModel Add(
        string domain, string op, string[] inputs, string[] outputs, (string Name, object Value)[] attributes)
    {
        NodeProto node = new() { Domain = domain, OpType = op, Name = $"{op}_{_graph.Node.Count}" };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        _graph.Node.Add(node);
        return this;
    }
}
