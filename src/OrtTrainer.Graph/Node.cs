using OrtTrainer.Graph.Operators;

namespace OrtTrainer.Graph;

/// <summary>One application of an operator. An input that is left out is null, as ONNX's empty name.</summary>
internal sealed class Node
{
    public Node(string name, Operator op, IReadOnlyList<Value?> inputs, AttributeList attributes)
    {
        Name = name;
        Operator = op;
        Inputs = inputs;
        Attributes = attributes;
    }

    public string Name { get; }

    public Operator Operator { get; }

    public IReadOnlyList<Value?> Inputs { get; }

    public AttributeList Attributes { get; }

    public IReadOnlyList<Value> Outputs { get; internal set; } = [];
}
