using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Tanh : PointwiseOperator
{
    public override string Type => "Tanh";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) =>
        g.Mul(dy, g.Sub(g.ConstantLike(1, dy), g.Mul(y, y)));
}

internal sealed class Sigmoid : PointwiseOperator
{
    public override string Type => "Sigmoid";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y) =>
        g.Mul(dy, g.Mul(y, g.Sub(g.ConstantLike(1, dy), y)));
}

internal sealed class Relu : PointwiseOperator
{
    public override string Type => "Relu";

    /// <summary>The gradient at 0 is 0, as PyTorch has it.</summary>
    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y)
    {
        Value zero = g.ConstantLike(0, dy);
        return g.Where(g.Node("GreaterOrEqual", [zero, x]), zero, dy);
    }
}

/// <summary>ONNX's own GELU, new in opset 20; its gradient is that of the fused operators.</summary>
internal sealed class StandardGelu : Operator, IGradientRule
{
    public override string Type => "Gelu";

    internal override int MinimumOpset => 20;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        string form = context.Attributes.String("approximate", "none");
        InferenceContext.Require(form is "none" or "tanh", $"the approximation '{form}' is neither none nor tanh");
        return [context.Type(0)];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        string rule = context.Attributes.String("approximate", "none") == "none" ? "GeluGrad" : "GeluTanhGrad";
        return context.Builder.NodeOutputs(FunctionDefinition.Domain, rule, [context.Dy, context.In(0)]);
    }
}
