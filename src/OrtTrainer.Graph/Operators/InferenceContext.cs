namespace OrtTrainer.Graph.Operators;

/// <summary>What an operator sees of a node when its output types are inferred.</summary>
internal sealed class InferenceContext
{
    private readonly Func<string> _newSymbol;

    public InferenceContext(IReadOnlyList<Value?> inputs, AttributeList attributes, Func<string> newSymbol)
    {
        Inputs = inputs;
        Attributes = attributes;
        _newSymbol = newSymbol;
    }

    public IReadOnlyList<Value?> Inputs { get; }

    public AttributeList Attributes { get; }

    public bool Has(int input) => input < Inputs.Count && Inputs[input] is not null;

    /// <exception cref="GraphException">The input is missing.</exception>
    public TensorType Type(int input) => Has(input)
        ? Inputs[input]!.Type
        : throw new GraphException($"input {input} is missing");

    public Shape Shape(int input) => Type(input).Shape;

    /// <summary>The elements of an integer input when it is a constant, else null.</summary>
    public long[]? Constant(int input) => Has(input) ? Inputs[input]!.ConstantIntegers : null;

    /// <summary>The elements of an integer input as far as they are known while building, else null.</summary>
    public IReadOnlyList<SymbolicInteger?>? Integers(int input) => Has(input) ? Inputs[input]!.Integers : null;

    /// <summary>The shape whose sizes are the elements of integer input <paramref name="input"/>.</summary>
    /// <exception cref="GraphException">Not even the number of axes is known, or a size is negative.</exception>
    public Shape ShapeFrom(int input)
    {
        if (Integers(input) is { } sizes)
        {
            return new(sizes.Select(size => size is null
                ? NewDimension()
                : size.Value.ToDimension() ?? throw new GraphException($"{size} is no size")));
        }

        Shape list = Shape(input);
        Require(list.Rank == 1 && list[0].IsFixed, "the number of axes must be known");
        return new(Enumerable.Range(0, (int)list[0].Size).Select(_ => NewDimension()));
    }

    /// <summary>A size known only at run time, maybe equal to any other.</summary>
    public Dimension NewDimension() => _newSymbol();

    /// <exception cref="GraphException">The condition does not hold.</exception>
    public static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new GraphException(otherwise);
        }
    }
}
