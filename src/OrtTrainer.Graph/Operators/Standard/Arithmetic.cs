namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Operators of two operands that broadcast.</summary>
internal abstract class BinaryOperator : Operator
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Type(0).Element == context.Type(1).Element,
            $"the operands are {context.Type(0).Element} and {context.Type(1).Element}");
        return [context.Type(0).WithShape(Broadcasting.Combine(context.Shape(0), context.Shape(1)))];
    }

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        (Value da, Value db) = Partials(context.Builder, context.Dy, context.In(0), context.In(1));
        return
        [
            context.Builder.ReduceTo(da, context.In(0).Shape),
            context.Builder.ReduceTo(db, context.In(1).Shape),
        ];
    }

    /// <summary>The gradients before the sum over broadcast axes.</summary>
    protected abstract (Value Da, Value Db) Partials(GraphBuilder g, Value dy, Value a, Value b);
}

internal sealed class Add : BinaryOperator
{
    public override string Type => "Add";

    protected override (Value Da, Value Db) Partials(GraphBuilder g, Value dy, Value a, Value b) => (dy, dy);
}

internal sealed class Sub : BinaryOperator
{
    public override string Type => "Sub";

    protected override (Value Da, Value Db) Partials(GraphBuilder g, Value dy, Value a, Value b) => (dy, g.Neg(dy));
}

internal sealed class Mul : BinaryOperator
{
    public override string Type => "Mul";

    protected override (Value Da, Value Db) Partials(GraphBuilder g, Value dy, Value a, Value b) =>
        (g.Mul(dy, b), g.Mul(dy, a));
}

internal sealed class Div : BinaryOperator
{
    public override string Type => "Div";

    protected override (Value Da, Value Db) Partials(GraphBuilder g, Value dy, Value a, Value b)
    {
        Value da = g.Div(dy, b);
        return (da, g.Neg(g.Mul(da, g.Div(a, b))));
    }
}
