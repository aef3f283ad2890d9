using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>A linear layer and its gradients, whose products are of a precision.</summary>
/// <param name="precision">Of the operands.</param>
internal abstract class LinearOperator(ProductPrecision precision) : FusedOperator
{
    /// <summary>Of the operands.</summary>
    public ProductPrecision Precision => precision;

    /// <summary>An operator of the family in a precision.</summary>
    protected string Named(string stem) => stem + Operands.Suffix(precision);
}

/// <summary>y = x · wᵀ + b: x [T, K], w [N, K], b [N], y [T, N].</summary>
internal sealed class Linear(ProductPrecision precision, bool hasBias) : LinearOperator(precision), IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"Linear{(hasBias ? "" : "WithoutBias")}{Operands.Suffix(precision)}({(hasBias ? "x, w, b" : "x, w")}) => y",
        "y = " + Operands.Gemm(precision, "x", "w", hasBias ? "b" : null, "<transB = 1>"));

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape x, Shape w) = (context.Shape(0), context.Shape(1));
        InferenceContext.Require(x.Rank == 2 && w.Rank == 2 && x[1].Fits(w[1]),
            $"x must be [T, K] and w [N, K], not {x} and {w}");
        InferenceContext.Require(!hasBias || context.Shape(2).Equals(new(w[0])), $"b must be [{w[0]}]");
        return [context.Type(0).WithShape(new(x[0], w[0]))];
    }

    /// <summary>
    /// All gradients in one node, so that what it reads is free after it: a runtime may put off what nothing waits for.
    /// </summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        if (context.Needs(0) && context.Needs(1))
        {
            return context.Gradients(
                Named($"{(hasBias ? "Linear" : "LinearWithoutBias")}Grad"), context.Dy, context.In(0), context.In(1));
        }

        Value? dx = context.Needs(0)
            ? context.Gradients(Named("LinearInputGrad"), context.Dy, context.In(1))[0]
            : null;
        Value? dw = context.Needs(1)
            ? g.NodeOutputs(Domain, Named("LinearWeightGrad"), [context.Dy, context.In(0)])[0]
            : null;
        return hasBias ? [dx, dw, context.Needs(2) ? g.ColumnSum(context.Dy) : null] : [dx, dw];
    }
}

/// <summary>dx = dy · w, dw = dyᵀ · x, db = Σ dy: dy [T, N], x [T, K], w [N, K].</summary>
internal sealed class LinearGrad(ProductPrecision precision, bool hasBias) : LinearOperator(precision)
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"Linear{(hasBias ? "" : "WithoutBias")}Grad{Operands.Suffix(precision)}(dy, x, w) => "
            + (hasBias ? "dx, dw, db" : "dx, dw"),
        $"""
        dx = {Operands.Gemm(precision, "dy", "w")}
        dw = {Operands.Gemm(precision, "dy", "x", form: "<transA = 1>")}
        {(hasBias ? "db = ReduceSum<keepdims = 0>(dy, [0])" : "")}
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape dy, Shape w) = (context.Shape(0), context.Shape(2));
        InferenceContext.Require(dy.Rank == 2 && w.Rank == 2 && dy[1].Fits(w[0]),
            $"dy must be [T, N] and w [N, K], not {dy} and {w}");
        TensorType[] outputs = [context.Type(1), context.Type(2), context.Type(2).WithShape(new(w[0]))];
        return hasBias ? outputs : outputs[..2];
    }
}

/// <summary>dx = dy · w: dy [T, N], w [N, K], dx [T, K].</summary>
internal sealed class LinearInputGrad(ProductPrecision precision) : LinearOperator(precision)
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"LinearInputGrad{Operands.Suffix(precision)}(dy, w) => dx",
        $"dx = {Operands.Gemm(precision, "dy", "w")}");

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape dy, Shape w) = (context.Shape(0), context.Shape(1));
        InferenceContext.Require(dy.Rank == 2 && w.Rank == 2 && dy[1].Fits(w[0]),
            $"dy must be [T, N] and w [N, K], not {dy} and {w}");
        return [context.Type(0).WithShape(new(dy[0], w[1]))];
    }
}

/// <summary>dw = dyᵀ · x: dy [T, N], x [T, K], dw [N, K].</summary>
internal sealed class LinearWeightGrad(ProductPrecision precision) : LinearOperator(precision)
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"LinearWeightGrad{Operands.Suffix(precision)}(dy, x) => dw",
        $"dw = {Operands.Gemm(precision, "dy", "x", form: "<transA = 1>")}");

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape dy, Shape x) = (context.Shape(0), context.Shape(1));
        InferenceContext.Require(dy.Rank == 2 && x.Rank == 2 && dy[0].Fits(x[0]),
            $"dy must be [T, N] and x [T, K], not {dy} and {x}");
        return [context.Type(0).WithShape(new(dy[1], x[1]))];
    }
}
