namespace OrtTrainer.Graph;

/// <summary>A value of a graph: an input, a constant or a node's output. Made by <see cref="GraphBuilder"/> only.</summary>
public sealed class Value
{
    internal Value(string name, TensorType type, Node? producer = null, long[]? constantIntegers = null)
    {
        Name = name;
        Type = type;
        Producer = producer;
        ConstantIntegers = constantIntegers;
    }

    /// <summary>The name in the ONNX file, unique in its graph.</summary>
    public string Name { get; }

    public TensorType Type { get; }

    public Shape Shape => Type.Shape;

    /// <summary>The node that computes it; null for inputs and constants.</summary>
    internal Node? Producer { get; }

    /// <summary>The elements of an integer constant, which shape inference reads; null for everything else.</summary>
    internal long[]? ConstantIntegers { get; }

    public override string ToString() => $"{Name}: {Type}";
}
