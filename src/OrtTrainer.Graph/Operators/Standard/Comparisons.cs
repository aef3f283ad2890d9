namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Comparisons: no gradient.</summary>
internal abstract class Comparison : Operator
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Type(0).Element == context.Type(1).Element,
            $"the operands are {context.Type(0).Element} and {context.Type(1).Element}");
        return [new(ElementType.Bool, Broadcasting.Combine(context.Shape(0), context.Shape(1)))];
    }
}

internal sealed class Equal : Comparison
{
    public override string Type => "Equal";

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) => IntegerFolding.Combine(
        context, (a, b) => SymbolicInteger.AreEqual(a, b) is { } equal ? equal ? 1 : 0 : (SymbolicInteger?)null);
}

internal sealed class Greater : Comparison
{
    public override string Type => "Greater";
}

internal sealed class GreaterOrEqual : Comparison
{
    public override string Type => "GreaterOrEqual";

    internal override int MinimumOpset => 16;
}

internal sealed class Less : Comparison
{
    public override string Type => "Less";
}

internal sealed class LessOrEqual : Comparison
{
    public override string Type => "LessOrEqual";

    internal override int MinimumOpset => 16;
}
