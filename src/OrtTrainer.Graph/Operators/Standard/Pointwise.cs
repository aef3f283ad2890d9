namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Operators of one operand that act on every element by itself.</summary>
internal abstract class PointwiseOperator : Operator
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [Dx(context.Builder, context.Dy, context.In(0), context.Out(0))];

    protected abstract Value Dx(GraphBuilder g, Value dy, Value x, Value y);
}

internal sealed class Identity : PointwiseOperator
{
    public override string Type => "Identity";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => dy;
}

internal sealed class Neg : PointwiseOperator
{
    public override string Type => "Neg";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Neg(dy);
}

internal sealed class Exp : PointwiseOperator
{
    public override string Type => "Exp";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Mul(dy, y);
}

internal sealed class Log : PointwiseOperator
{
    public override string Type => "Log";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Div(dy, x);
}

internal sealed class Sqrt : PointwiseOperator
{
    public override string Type => "Sqrt";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Div(g.Mul(dy, g.Constant(0.5f)), y);
}

internal sealed class Tanh : PointwiseOperator
{
    public override string Type => "Tanh";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) =>
        g.Mul(dy, g.Sub(g.Constant(1f), g.Mul(y, y)));
}

internal sealed class Sigmoid : PointwiseOperator
{
    public override string Type => "Sigmoid";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) =>
        g.Mul(dy, g.Mul(y, g.Sub(g.Constant(1f), y)));
}

internal sealed class Relu : PointwiseOperator
{
    public override string Type => "Relu";

    /// <summary>The gradient at 0 is 0, as PyTorch has it.</summary>
    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) =>
        g.Where(g.Node("GreaterOrEqual", [g.Constant(0f), x]), g.Constant(0f), dy);
}

/// <summary>log(1 + exp(x)).</summary>
internal sealed class Softplus : PointwiseOperator
{
    public override string Type => "Softplus";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Mul(dy, g.Node("Sigmoid", [x]));
}

internal sealed class Erf : PointwiseOperator
{
    /// <summary>2 / sqrt(pi).</summary>
    private const float Slope = 1.1283791670955126f;

    public override string Type => "Erf";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) =>
        g.Mul(dy, g.Mul(g.Constant(Slope), g.Exp(g.Neg(g.Mul(x, x)))));
}
