using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// The gated feed-forward half of a transformer block (Shazeer, 2020, arXiv:2002.05202): h = x · w1ᵀ, y = (act(left) ·
/// right) · w2ᵀ, where left and right are the halves of h, with x [T, K], w1 [2N, K], w2 [M, N] and N a multiple of 32.
/// h [T, 2N] is kept for the gradient in the precision of the products.
/// </summary>
/// <param name="precision">Of the operands of products.</param>
/// <param name="activation">Of the left half.</param>
internal sealed class GatedFeedForward(ProductPrecision precision, GateActivation activation)
    : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"{Name(activation)}{Operands.Suffix(precision)}(x, w1, w2) => y, h",
        $"""
        {Operands.KeptGemm(precision, "x", "w1", form: "<transB = 1>")}
        {Halves(precision)}
        gated = Mul({activation}(left), right)
        y = {Operands.Gemm(precision, "gated", "w2", form: "<transB = 1>")}
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape x, Shape w1, Shape w2) = (context.Shape(0), context.Shape(1), context.Shape(2));
        InferenceContext.Require(
            x.Rank == 2 && w1.Rank == 2 && w2.Rank == 2 && x[1].Fits(w1[1]) && w1[0].IsFixed && w2[1].IsFixed
                && w1[0].Size == 2 * w2[1].Size,
            $"x must be [T, K], w1 [2N, K] and w2 [M, N], not {x}, {w1} and {w2}");
        InferenceContext.Require(w2[1].Size % FusedOperations.FeedForwardMultiple == 0,
            $"the inner width must be a multiple of {FusedOperations.FeedForwardMultiple}, not {w2[1]}");
        TensorType kept = context.Type(0).WithElement(precision.Operands);
        return [context.Type(0).WithShape(new(x[0], w2[0])), kept.WithShape(new(x[0], w1[0]))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        return context.Gradients(
            $"{Name(activation)}Grad{Operands.Suffix(precision)}",
            context.Dy, context.In(0), context.In(1), context.In(2), context.Out(1));
    }

    /// <summary>The operator's name without its precision.</summary>
    internal static string Name(GateActivation activation) => $"FeedForwardGlu{activation}";

    /// <summary>A statement that cuts what was kept.</summary>
    internal static string Halves(ProductPrecision precision) =>
        $"left, right = Split<axis = 1, num_outputs = 2>({Operands.Read(precision, "h")})";
}

/// <summary>The gradients of <see cref="GatedFeedForward"/>.</summary>
/// <param name="precision">Of the operands of products.</param>
/// <param name="activation">Of the left half.</param>
internal sealed class GatedFeedForwardGrad(ProductPrecision precision, GateActivation activation) : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"{GatedFeedForward.Name(activation)}Grad{Operands.Suffix(precision)}(dy, x, w1, w2, h) => dx, dw1, dw2",
        $"""
        {GatedFeedForward.Halves(precision)}
        activated = {activation}(left)
        gated = Mul(activated, right)
        dgated = {Operands.Gemm(precision, "dy", "w2")}
        dleft = {activation}Grad(Mul(dgated, right), left)
        dh = Concat<axis = 1>(dleft, Mul(dgated, activated))
        dx = {Operands.Gemm(precision, "dh", "w1")}
        dw1 = {Operands.Gemm(precision, "dh", "x", form: "<transA = 1>")}
        dw2 = {Operands.Gemm(precision, "dy", "gated", form: "<transA = 1>")}
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape dy, Shape w1, Shape w2) = (context.Shape(0), context.Shape(2), context.Shape(3));
        InferenceContext.Require(dy.Rank == 2 && w1.Rank == 2 && w2.Rank == 2 && dy[1].Fits(w2[0]),
            $"dy must be [T, M], w1 [2N, K] and w2 [M, N], not {dy}, {w1} and {w2}");
        return [context.Type(1), context.Type(2), context.Type(3)];
    }
}

/// <summary>Activations that only bodies call.</summary>
internal static class ActivationFunctions
{
    public static IReadOnlyList<FunctionDefinition> All { get; } =
    [
        FunctionDefinition.Parse("Silu(x) => y", "y = Mul(x, Sigmoid(x))"),
        FunctionDefinition.Parse(
            "SiluGrad(dy, x) => dx",
            """
            s = Sigmoid(x)
            dx = Mul(dy, Mul(s, Add(1.0, Mul(x, Sub(1.0, s)))))
            """),
    ];
}
