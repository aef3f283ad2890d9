using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// Divides rows by their root mean square: y = x / sqrt(mean(x²) + epsilon) · gamma, x [N, H] (B. Zhang, R. Sennrich,
/// arXiv:1910.07467). The reciprocal of each row's root, [N], is kept for the gradient.
/// </summary>
internal sealed class RmsNorm : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "RmsNorm(x, gamma; float epsilon) => y, invrms",
        """
        square = ReduceMean<keepdims = 1>(Mul(x, x), [-1])
        inv = Div(1.0, Sqrt(Add(square, @epsilon)))
        y = Mul(Mul(x, inv), gamma)
        invrms = Squeeze(inv, [-1])
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape shape = context.Shape(0);
        InferenceContext.Require(shape.Rank == 2, $"the input must be rows [N, H], not {shape}");
        InferenceContext.Require(context.Shape(1).Equals(new(shape[1])), $"gamma must be [{shape[1]}]");
        return [context.Type(0), context.Type(0).WithShape(new(shape[0]))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        return context.Builder.NodeOutputs(
            Domain, "RmsNormGrad", [context.Dy, context.In(0), context.In(1), context.Out(1)]);
    }
}

/// <summary>Gradients of <see cref="RmsNorm"/>; dgamma is the sum over the rows.</summary>
internal sealed class RmsNormGrad : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "RmsNormGrad(dy, x, gamma, invrms) => dx, dgamma",
        """
        inv = Unsqueeze(invrms, [-1])
        normal = Mul(x, inv)
        g = Mul(dy, gamma)
        projection = Mul(normal, ReduceMean<keepdims = 1>(Mul(g, normal), [-1]))
        dx = Mul(inv, Sub(g, projection))
        dgamma = ReduceSum<keepdims = 0>(Mul(dy, normal), [0])
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [context.Type(1), context.Type(2)];
}
