namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Softmax : Operator
{
    public override string Type => "Softmax";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];

    /// <summary>dx = y (dy - sum(dy y)).</summary>
    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value y = context.Out(0);
        Value weighted = g.Mul(context.Dy, y);
        Value total = g.ReduceSum(weighted, [context.Attributes.Int("axis", -1)], keepAxes: true);
        return [g.Sub(weighted, g.Mul(y, total))];
    }
}

internal sealed class LogSoftmax : Operator
{
    public override string Type => "LogSoftmax";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];

    /// <summary>dx = dy - softmax(x) sum(dy).</summary>
    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value total = g.ReduceSum(context.Dy, [context.Attributes.Int("axis", -1)], keepAxes: true);
        return [g.Sub(context.Dy, g.Mul(g.Exp(context.Out(0)), total))];
    }
}
