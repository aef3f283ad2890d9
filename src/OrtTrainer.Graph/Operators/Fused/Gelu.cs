using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>Shared by both forms of GELU: y from x, and dx from dy and x.</summary>
internal abstract class GeluOperator : FusedOperator
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];
}

/// <summary>x Φ(x) with the error function (Hendrycks and Gimpel, 2016).</summary>
internal sealed class Gelu : GeluOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "Gelu(x) => y",
        "y = Mul(x, Mul(0.5, Add(Erf(Mul(x, 0.70710678118654752)), 1.0)))");

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.NodeOutputs(Domain, "GeluGrad", [context.Dy, context.In(0)])[0]];
}

/// <summary>dx = dy (Φ(x) + x φ(x)).</summary>
internal sealed class GeluGrad : GeluOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "GeluGrad(dy, x) => dx",
        """
        below = Mul(0.5, Add(Erf(Mul(x, 0.70710678118654752)), 1.0))
        density = Mul(0.3989422804014327, Exp(Mul(-0.5, Mul(x, x))))
        dx = Mul(dy, Add(below, Mul(x, density)))
        """);
}

/// <summary>GELU by tanh: x/2 (1 + tanh(sqrt(2/π) (x + 0.044715 x³))).</summary>
internal sealed class GeluTanh : GeluOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "GeluTanh(x) => y",
        """
        inner = Mul(0.7978845608028654, Mul(x, Add(1.0, Mul(0.044715, Mul(x, x)))))
        y = Mul(x, Mul(0.5, Add(1.0, Tanh(inner))))
        """);

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.NodeOutputs(Domain, "GeluTanhGrad", [context.Dy, context.In(0)])[0]];
}

/// <summary>dx = dy/2 (1 + t + x (1 - t²) inner'(x)), t = tanh(inner).</summary>
internal sealed class GeluTanhGrad : GeluOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "GeluTanhGrad(dy, x) => dx",
        """
        square = Mul(x, x)
        t = Tanh(Mul(0.7978845608028654, Mul(x, Add(1.0, Mul(0.044715, square)))))
        slope = Mul(0.7978845608028654, Add(1.0, Mul(0.134145, square)))
        dx = Mul(Mul(dy, 0.5), Add(Add(1.0, t), Mul(Mul(x, Sub(1.0, Mul(t, t))), slope)))
        """);
}
