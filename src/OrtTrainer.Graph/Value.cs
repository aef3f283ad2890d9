namespace OrtTrainer.Graph;

/// <summary>
/// A value of a graph: an input, a constant or a node's output. Made by <see cref="GraphBuilder"/> only.
/// </summary>
public sealed class Value
{
    internal Value(string name, TensorType type, IReadOnlyList<SymbolicInteger?>? integers = null)
    {
        Name = name;
        Type = type;
        Integers = integers;
    }

    /// <summary>The name in the ONNX file, unique in its graph.</summary>
    public string Name { get; }

    public TensorType Type { get; }

    public Shape Shape => Type.Shape;

    /// <summary>
    /// The elements of a short integer or Boolean value as far as they are known while building (null elements are
    /// not), which shape inference reads; null for everything else.
    /// </summary>
    internal IReadOnlyList<SymbolicInteger?>? Integers { get; }

    /// <summary>The elements where all are known numbers; else null.</summary>
    internal long[]? ConstantIntegers => Integers is not null && Integers.All(i => i is { IsNumber: true })
        ? [.. Integers.Select(i => i!.Value.Number)]
        : null;

    public override string ToString() => $"{Name}: {Type}";
}
