using OrtTrainer.Graph.Operators.Contributed;

namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Batched matrix product with broadcasting over the batch axes.</summary>
internal class MatMul : Operator, IGradientRule
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
        InferenceContext.Require(innerA.Fits(innerB), $"the inner sizes of {a} and {b} differ");
        Shape batch = Broadcasting.Combine(new Shape(a.SkipLast(2)), new Shape(b.SkipLast(2)));
        return [context.Type(0).WithShape(new Shape([.. batch, rows, columns]))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value a = context.In(0);
        Value b = context.In(1);
        Value dy = context.Dy;
        (bool ta, bool tb) = Transposed(context.Attributes);
        float alpha = context.Attributes.Float("alpha", 1);
        Value Da() => ta ? Product(g, b, dy, tb, true, alpha) : Product(g, dy, b, false, !tb, alpha);
        Value Db() => tb ? Product(g, dy, a, true, ta, alpha) : Product(g, a, dy, !ta, false, alpha);
        return
        [
            context.Needs(0) ? g.ReduceTo(Da(), a.Shape) : null,
            context.Needs(1) ? g.ReduceTo(Db(), b.Shape) : null,
        ];
    }

    private static (bool A, bool B) Transposed(AttributeList attributes) =>
        (attributes.Int("transA", 0) != 0, attributes.Int("transB", 0) != 0);

    /// <summary>
    /// Transposes through Transpose nodes, not com.microsoft.FusedMatMul, so that gradients stay in standard operators.
    /// </summary>
    private static Value Product(GraphBuilder g, Value a, Value b, bool transposeA, bool transposeB, float alpha)
    {
        Value y = g.MatMul(transposeA ? SwapLast(g, a) : a, transposeB ? SwapLast(g, b) : b);
        return alpha == 1 ? y : g.Mul(y, g.ConstantLike(alpha, y));
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

    public override string Domain => ContributedOperator.OfOnnxRuntime;
}
