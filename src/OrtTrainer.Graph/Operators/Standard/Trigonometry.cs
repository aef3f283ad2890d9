namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Sin : PointwiseOperator
{
    public override string Type => "Sin";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Mul(dy, g.Node("Cos", [x]));
}

internal sealed class Cos : PointwiseOperator
{
    public override string Type => "Cos";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) => g.Neg(g.Mul(dy, g.Node("Sin", [x])));
}
