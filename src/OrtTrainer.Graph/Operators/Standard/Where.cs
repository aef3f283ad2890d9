namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Where : Operator, IGradientRule
{
    public override string Type => "Where";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Type(0).Element == ElementType.Bool, "the condition must be Bool");
        InferenceContext.Require(context.Type(1).Element == context.Type(2).Element, "both choices must have one type");
        return [context.Type(1).WithShape(
            Broadcasting.Combine(context.Shape(0), Broadcasting.Combine(context.Shape(1), context.Shape(2))))];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        context.Integers(0) is { } condition && context.Integers(1) is { } then && context.Integers(2) is { } otherwise
            && IntegerFolding.Length(condition.Count, then.Count, otherwise.Count) is { } length
            ? [.. Enumerable.Range(0, length).Select(i => IntegerFolding.At(condition, i) is { } chosen
                ? IntegerFolding.At(chosen == 0 ? otherwise : then, i)
                : null)]
            : null;

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        (Value condition, Value dy) = (context.In(0), context.Dy);
        Value zero = g.ConstantLike(0, dy);
        return
        [
            null,
            context.Needs(1) ? g.ReduceTo(g.Where(condition, dy, zero), context.In(1).Shape) : null,
            context.Needs(2) ? g.ReduceTo(g.Where(condition, zero, dy), context.In(2).Shape) : null,
        ];
    }
}
