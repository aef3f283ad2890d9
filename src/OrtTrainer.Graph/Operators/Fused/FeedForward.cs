using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// The feed-forward half of a transformer block (Vaswani et al., 2017, section 3.3): h = x · w1ᵀ + b1, y = GELU(h) ·
/// w2ᵀ + b2, with x [T, K], w1 [N, K], w2 [M, N] and N a multiple of 32. h [T, N] is kept for the gradient in the
/// precision of the products.
/// </summary>
/// <param name="precision">Of the operands of products.</param>
/// <param name="activation"><c>Gelu</c> or <c>GeluTanh</c>.</param>
internal sealed class FeedForward(Precision precision, string activation) : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"FeedForward{activation}{Operands.Suffix(precision)}(x, w1, b1, w2, b2) => y, h",
        $"""
        inner = Gemm<transB = 1>({Operands.Rounded(precision, "x")}, {Operands.Rounded(precision, "w1")}, b1)
        h = {Kept(precision, "inner")}
        a = {activation}({Read(precision, "h")})
        y = Gemm<transB = 1>({Operands.Rounded(precision, "a")}, {Operands.Rounded(precision, "w2")}, b2)
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
        TensorType kept = context.Type(0).WithElement(
            precision == Precision.Fp32 ? ElementType.Float : ElementType.BFloat16);
        return [context.Type(0).WithShape(new(x[0], w2[0])), kept.WithShape(new(x[0], w1[0]))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        return context.Gradients(
            $"FeedForward{activation}Grad{Operands.Suffix(precision)}",
            context.Dy, context.In(0), context.In(1), context.In(3), context.Out(1));
    }

    /// <summary>A value as it is kept.</summary>
    internal static string Kept(Precision precision, string value) =>
        precision == Precision.Fp32 ? $"Identity({value})" : $"Cast<to = 16>({value})";

    /// <summary>What was kept, in float32.</summary>
    internal static string Read(Precision precision, string value) =>
        precision == Precision.Fp32 ? value : $"Cast<to = 1>({value})";
}

/// <summary>The gradients of <see cref="FeedForward"/>.</summary>
/// <param name="precision">Of the operands of products.</param>
/// <param name="activation"><c>Gelu</c> or <c>GeluTanh</c>.</param>
internal sealed class FeedForwardGrad(Precision precision, string activation) : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"FeedForward{activation}Grad{Operands.Suffix(precision)}(dy, x, w1, w2, h) => dx, dw1, db1, dw2, db2",
        $"""
        inner = {FeedForward.Kept(Precision.Fp32, FeedForward.Read(precision, "h"))}
        a = {activation}(inner)
        da = Gemm({Operands.Rounded(precision, "dy")}, {Operands.Rounded(precision, "w2")})
        dh = {activation}Grad(da, inner)
        dx = Gemm({Operands.Rounded(precision, "dh")}, {Operands.Rounded(precision, "w1")})
        dw1 = Gemm<transA = 1>({Operands.Rounded(precision, "dh")}, {Operands.Rounded(precision, "x")})
        db1 = ReduceSum<keepdims = 0>(dh, [0])
        dw2 = Gemm<transA = 1>({Operands.Rounded(precision, "dy")}, {Operands.Rounded(precision, "a")})
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
