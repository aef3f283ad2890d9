using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// The feed-forward half of a transformer block (Vaswani et al., 2017, section 3.3): h = x · w1ᵀ + b1, y = GELU(h) ·
/// w2ᵀ + b2, with x [T, K], w1 [N, K], w2 [M, N] and N a multiple of 32. h [T, N] is kept for the gradient in the
/// precision of the products.
/// </summary>
/// <param name="precision">Of the operands of products.</param>
/// <param name="activation"><c>Gelu</c> or <c>GeluTanh</c>.</param>
internal sealed class FeedForward(ProductPrecision precision, string activation) : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"FeedForward{activation}{Operands.Suffix(precision)}(x, w1, b1, w2, b2) => y, h",
        $"""
        {Operands.KeptGemm(precision, "x", "w1", "b1", form: "<transB = 1>")}
        a = {activation}({Operands.Read(precision, "h")})
        y = {Operands.Gemm(precision, "a", "w2", "b2", form: "<transB = 1>")}
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape x, Shape w1, Shape w2) = (context.Shape(0), context.Shape(1), context.Shape(3));
        InferenceContext.Require(
            x.Rank == 2 && w1.Rank == 2 && w2.Rank == 2 && x[1].Fits(w1[1]) && w1[0].Fits(w2[1]),
            $"x must be [T, K], w1 [N, K] and w2 [M, N], not {x}, {w1} and {w2}");
        InferenceContext.Require(w1[0].IsFixed && w1[0].Size % FusedOperations.FeedForwardMultiple == 0,
            $"the inner width must be a multiple of {FusedOperations.FeedForwardMultiple}, not {w1[0]}");
        InferenceContext.Require(
            context.Shape(2).Equals(new(w1[0])) && context.Shape(4).Equals(new(w2[0])),
            $"b1 must be [{w1[0]}] and b2 [{w2[0]}]");
        TensorType kept = context.Type(0).WithElement(precision.Operands);
        return [context.Type(0).WithShape(new(x[0], w2[0])), kept.WithShape(new(x[0], w1[0]))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        return context.Gradients(
            $"FeedForward{activation}Grad{Operands.Suffix(precision)}",
            context.Dy, context.In(0), context.In(1), context.In(3), context.Out(1));
    }
}

/// <summary>The gradients of <see cref="FeedForward"/>.</summary>
/// <param name="precision">Of the operands of products.</param>
/// <param name="activation"><c>Gelu</c> or <c>GeluTanh</c>.</param>
internal sealed class FeedForwardGrad(ProductPrecision precision, string activation) : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"FeedForward{activation}Grad{Operands.Suffix(precision)}(dy, x, w1, w2, h) => dx, dw1, db1, dw2, db2",
        $"""
        inner = {Operands.Named(default, Operands.Read(precision, "h"))}
        a = {activation}(inner)
        da = {Operands.Gemm(precision, "dy", "w2")}
        dh = {activation}Grad(da, inner)
        dx = {Operands.Gemm(precision, "dh", "w1")}
        dw1 = {Operands.Gemm(precision, "dh", "x", form: "<transA = 1>")}
        db1 = ReduceSum<keepdims = 0>(dh, [0])
        dw2 = {Operands.Gemm(precision, "dy", "a", form: "<transA = 1>")}
        db2 = ReduceSum<keepdims = 0>(dy, [0])
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape dy, Shape w1, Shape w2) = (context.Shape(0), context.Shape(2), context.Shape(3));
        InferenceContext.Require(dy.Rank == 2 && w1.Rank == 2 && w2.Rank == 2 && dy[1].Fits(w2[0]),
            $"dy must be [T, M], w1 [N, K] and w2 [M, N], not {dy}, {w1} and {w2}");
        return
        [
            context.Type(1), context.Type(2), context.Type(2).WithShape(new(w1[0])),
            context.Type(3), context.Type(3).WithShape(new(w2[0])),
        ];
    }
}
