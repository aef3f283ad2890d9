namespace OrtTrainer.Graph.Operators.Standard;

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

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) =>
        g.Div(g.Mul(dy, g.ConstantLike(0.5, dy)), y);
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
    private const double Slope = 1.1283791670955126;

    public override string Type => "Erf";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) =>
        g.Mul(dy, g.Mul(g.ConstantLike(Slope, dy), g.Exp(g.Neg(g.Mul(x, x)))));
}
