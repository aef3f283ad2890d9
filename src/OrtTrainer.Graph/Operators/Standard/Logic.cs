namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Operators of two Boolean operands: no gradient.</summary>
internal abstract class BooleanOperator : Operator
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(
            context.Type(0).Element == ElementType.Bool && context.Type(1).Element == ElementType.Bool,
            "both operands must be Bool");
        return [new(ElementType.Bool, Broadcasting.Combine(context.Shape(0), context.Shape(1)))];
    }
}

internal sealed class And : BooleanOperator
{
    public override string Type => "And";
}

internal sealed class Or : BooleanOperator
{
    public override string Type => "Or";
}

internal sealed class Not : Operator
{
    public override string Type => "Not";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Type(0).Element == ElementType.Bool, "the operand must be Bool");
        return [context.Type(0)];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        context.Integers(0) is { } bits
            ? [.. bits.Select(bit => bit is { IsNumber: true } b ? 1 - b.Number : (SymbolicInteger?)null)]
            : null;
}

internal sealed class IsNaN : Operator
{
    public override string Type => "IsNaN";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [context.Type(0).WithElement(ElementType.Bool)];
}
