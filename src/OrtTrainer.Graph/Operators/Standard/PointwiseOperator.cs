namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Operators of one operand that act on every element by itself.</summary>
internal abstract class PointwiseOperator : Operator, IGradientRule
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [Dx(context.Builder, context.Dy, context.In(0), context.Out(0))];

    protected abstract Value Dx(GraphBuilder g, Value dy, Value x, Value y);
}

internal sealed class Identity : PointwiseOperator
{
    public override string Type => "Identity";

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) => context.Integers(0);

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => dy;
}

internal sealed class Neg : PointwiseOperator
{
    public override string Type => "Neg";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Neg(dy);
}

/// <summary>|x|; the gradient at 0 is 0.</summary>
internal sealed class Abs : PointwiseOperator
{
    public override string Type => "Abs";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Mul(dy, g.Node("Sign", [x]));
}

internal sealed class Reciprocal : PointwiseOperator
{
    public override string Type => "Reciprocal";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Neg(g.Mul(dy, g.Mul(y, y)));
}
