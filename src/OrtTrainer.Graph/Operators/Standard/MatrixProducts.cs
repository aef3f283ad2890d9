namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>y = op(a)·op(b) + bias for matrices; op is the identity or the transpose. alpha and beta are 1.</summary>
internal sealed class Gemm : Operator
{
    public override string Type => "Gemm";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape a = context.Shape(0);
        Shape b = context.Shape(1);
        InferenceContext.Require(a.Rank == 2 && b.Rank == 2, $"both operands must be matrices, not {a} and {b}");
        InferenceContext.Require(context.Attributes.Float("alpha", 1) == 1 && context.Attributes.Float("beta", 1) == 1,
            "alpha and beta other than 1 are not supported");
        bool ta = context.Attributes.Int("transA", 0) != 0;
        bool tb = context.Attributes.Int("transB", 0) != 0;
        Dimension inner = ta ? a[0] : a[1];
        InferenceContext.Require(inner == (tb ? b[1] : b[0]), $"the inner sizes of {a} and {b} differ");
        Shape y = new(ta ? a[1] : a[0], tb ? b[0] : b[1]);
        InferenceContext.Require(!context.Has(2) || Broadcasting.Combine(context.Shape(2), y).Equals(y),
            $"the bias does not broadcast to {y}");
        return [context.Type(0).WithShape(y)];
    }

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value a = context.In(0);
        Value b = context.In(1);
        Value dy = context.Dy;
        bool ta = context.Attributes.Int("transA", 0) != 0;
        bool tb = context.Attributes.Int("transB", 0) != 0;
        Value da = ta ? g.Gemm(b, dy, null, tb, true) : g.Gemm(dy, b, null, false, !tb);
        Value db = tb ? g.Gemm(dy, a, null, true, ta) : g.Gemm(a, dy, null, !ta, false);
        return context.HasInput(2) ? [da, db, BiasGradient(g, dy, context.In(2))] : [da, db];
    }

    private static Value BiasGradient(GraphBuilder g, Value dy, Value bias) => bias.Shape.Rank == 1 && bias.Shape[0] == dy.Shape[1]
        ? g.ColumnSum(dy)
        : g.ReduceTo(dy, bias.Shape);
}

/// <summary>Batched matrix product with broadcasting over the batch axes.</summary>
internal class MatMul : Operator
{
    public override string Type => "MatMul";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape a = context.Shape(0);
        Shape b = context.Shape(1);
        InferenceContext.Require(a.Rank >= 2 && b.Rank >= 2, $"both operands need two axes at least, not {a} and {b}");
        (bool ta, bool tb) = Transposed(context.Attributes);
        (Dimension rows, Dimension innerA) = ta ? (a[-1], a[-2]) : (a[-2], a[-1]);
        (Dimension innerB, Dimension columns) = tb ? (b[-1], b[-2]) : (b[-2], b[-1]);
        InferenceContext.Require(innerA == innerB, $"the inner sizes of {a} and {b} differ");
        Shape batch = Broadcasting.Combine(new Shape(a.SkipLast(2)), new Shape(b.SkipLast(2)));
        return [context.Type(0).WithShape(new Shape([.. batch, rows, columns]))];
    }

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value a = context.In(0);
        Value b = context.In(1);
        Value dy = context.Dy;
        (bool ta, bool tb) = Transposed(context.Attributes);
        float alpha = context.Attributes.Float("alpha", 1);
        Value da = ta ? Product(g, b, dy, tb, true, alpha) : Product(g, dy, b, false, !tb, alpha);
        Value db = tb ? Product(g, dy, a, true, ta, alpha) : Product(g, a, dy, !ta, false, alpha);
        return [g.ReduceTo(da, a.Shape), g.ReduceTo(db, b.Shape)];
    }

    private static (bool A, bool B) Transposed(AttributeList attributes) =>
        (attributes.Int("transA", 0) != 0, attributes.Int("transB", 0) != 0);

    /// <summary>
    /// Transposes through Transpose nodes, not com.microsoft.FusedMatMul, so that gradients stay in standard operators.
    /// </summary>
    private static Value Product(GraphBuilder g, Value a, Value b, bool transposeA, bool transposeB, float alpha)
    {
        Value y = g.MatMul(transposeA ? SwapLast(g, a) : a, transposeB ? SwapLast(g, b) : b);
        return alpha == 1 ? y : g.Mul(y, g.Constant(alpha));
    }

    private static Value SwapLast(GraphBuilder g, Value x)
    {
        long[] order = [.. Enumerable.Range(0, x.Shape.Rank).Select(i => (long)i)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return g.Transpose(x, order);
    }
}

/// <summary>ORT's alpha · op(a)·op(b), which its optimiser and hand-written graphs use.</summary>
internal sealed class FusedMatMul : MatMul
{
    public override string Type => "FusedMatMul";

    public override string Domain => "com.microsoft";
}
