namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Softmax and its logarithm along one axis, the last by default.</summary>
internal abstract class SoftmaxOperator : Operator, IGradientRule
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        context.Shape(0).NormalizeAxis(Axis(context.Attributes));
        return [context.Type(0)];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [Dx(context.Builder, context.Dy, context.Out(0), Axis(context.Attributes))];

    protected abstract Value Dx(GraphBuilder g, Value dy, Value y, long axis);

    private static long Axis(AttributeList attributes) => attributes.Int("axis", -1);
}

internal sealed class Softmax : SoftmaxOperator
{
    public override string Type => "Softmax";

    /// <summary>y (dy - sum(dy y)).</summary>
    protected override Value Dx(GraphBuilder g, Value dy, Value y, long axis)
    {
        Value weighted = g.Mul(dy, y);
        return g.Sub(weighted, g.Mul(y, g.ReduceSum(weighted, [axis], keepAxes: true)));
    }
}

internal sealed class LogSoftmax : SoftmaxOperator
{
    public override string Type => "LogSoftmax";

    /// <summary>dy - softmax(x) sum(dy).</summary>
    protected override Value Dx(GraphBuilder g, Value dy, Value y, long axis) =>
        g.Sub(dy, g.Mul(g.Exp(y), g.ReduceSum(dy, [axis], keepAxes: true)));
}
