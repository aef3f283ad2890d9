namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Operators of two operands that broadcast.</summary>
internal abstract class BinaryOperator : Operator, IGradientRule
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Type(0).Element == context.Type(1).Element,
            $"the operands are {context.Type(0).Element} and {context.Type(1).Element}");
        return [context.Type(0).WithShape(Broadcasting.Combine(context.Shape(0), context.Shape(1)))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        (Value a, Value b) = (context.In(0), context.In(1));
        return
        [
            context.Needs(0) ? g.ReduceTo(Da(g, context.Dy, a, b, context.Out(0)), a.Shape) : null,
            context.Needs(1) ? g.ReduceTo(Db(g, context.Dy, a, b, context.Out(0)), b.Shape) : null,
        ];
    }

    /// <summary>The gradient in a, before the sum over axes along which a was repeated.</summary>
    protected abstract Value Da(GraphBuilder g, Value dy, Value a, Value b, Value y);

    /// <summary>The gradient in b, before the sum over axes along which b was repeated.</summary>
    protected abstract Value Db(GraphBuilder g, Value dy, Value a, Value b, Value y);
}

internal sealed class Add : BinaryOperator
{
    public override string Type => "Add";

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        IntegerFolding.Combine(context, SymbolicInteger.Add);

    protected override Value Da(GraphBuilder g, Value dy, Value a, Value b, Value y) => dy;

    protected override Value Db(GraphBuilder g, Value dy, Value a, Value b, Value y) => dy;
}

internal sealed class Sub : BinaryOperator
{
    public override string Type => "Sub";

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        IntegerFolding.Combine(context, SymbolicInteger.Subtract);

    protected override Value Da(GraphBuilder g, Value dy, Value a, Value b, Value y) => dy;

    protected override Value Db(GraphBuilder g, Value dy, Value a, Value b, Value y) => g.Neg(dy);
}

internal sealed class Mul : BinaryOperator
{
    public override string Type => "Mul";

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        IntegerFolding.Combine(context, SymbolicInteger.Multiply);

    protected override Value Da(GraphBuilder g, Value dy, Value a, Value b, Value y) => g.Mul(dy, b);

    protected override Value Db(GraphBuilder g, Value dy, Value a, Value b, Value y) => g.Mul(dy, a);
}

internal sealed class Div : BinaryOperator
{
    public override string Type => "Div";

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        IntegerFolding.Combine(context, SymbolicInteger.Divide);

    protected override Value Da(GraphBuilder g, Value dy, Value a, Value b, Value y) => g.Div(dy, b);

    /// <summary>-dy a / b².</summary>
    protected override Value Db(GraphBuilder g, Value dy, Value a, Value b, Value y) => g.Neg(g.Mul(g.Div(dy, b), y));
}
