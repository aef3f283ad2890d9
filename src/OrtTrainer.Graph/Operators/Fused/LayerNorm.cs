using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// Normalises rows: y = (x - mean) / sqrt(variance + epsilon) · gamma + beta, x [N, H] (Ba et al., 2016). The mean and
/// the reciprocal deviation of each row, [N], are kept for the gradient.
/// </summary>
internal sealed class LayerNorm : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "LayerNorm(x, gamma, beta; float epsilon) => y, mean, invstd",
        """
        m = ReduceMean<keepdims = 1>(x, [-1])
        centred = Sub(x, m)
        variance = ReduceMean<keepdims = 1>(Mul(centred, centred), [-1])
        inv = Div(1.0, Sqrt(Add(variance, @epsilon)))
        y = Add(Mul(Mul(centred, inv), gamma), beta)
        mean = Squeeze(m, [-1])
        invstd = Squeeze(inv, [-1])
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        RequireRows(context, 0, 1, 2);
        TensorType rows = context.Type(0).WithShape(new(context.Shape(0)[0]));
        return [context.Type(0), rows, rows];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        return context.Gradients(
            "LayerNormGrad", context.Dy, context.In(0), context.In(1), context.Out(1), context.Out(2));
    }

    internal static void RequireRows(InferenceContext context, int x, int gamma, int beta)
    {
        Shape shape = context.Shape(x);
        InferenceContext.Require(shape.Rank == 2, $"the input must be rows [N, H], not {shape}");
        InferenceContext.Require(
            context.Shape(gamma).Equals(new(shape[1])) && context.Shape(beta).Equals(new(shape[1])),
            $"gamma and beta must be [{shape[1]}]");
    }
}

/// <summary>Gradients of <see cref="LayerNorm"/>; dgamma and dbeta are sums over the rows.</summary>
internal sealed class LayerNormGrad : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "LayerNormGrad(dy, x, gamma, mean, invstd) => dx, dgamma, dbeta",
        """
        inv = Unsqueeze(invstd, [-1])
        normal = Mul(Sub(x, Unsqueeze(mean, [-1])), inv)
        g = Mul(dy, gamma)
        projection = Mul(normal, ReduceMean<keepdims = 1>(Mul(g, normal), [-1]))
        dx = Mul(inv, Sub(Sub(g, ReduceMean<keepdims = 1>(g, [-1])), projection))
        dgamma = ReduceSum<keepdims = 0>(Mul(dy, normal), [0])
        dbeta = ReduceSum<keepdims = 0>(dy, [0])
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [context.Type(1), context.Type(2), context.Type(2)];
}
