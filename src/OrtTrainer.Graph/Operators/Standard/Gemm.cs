namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>y = alpha op(a)·op(b) + beta bias for matrices; op is the identity or the transpose.</summary>
internal sealed class Gemm : Operator, IGradientRule
{
    public override string Type => "Gemm";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape a = context.Shape(0);
        Shape b = context.Shape(1);
        InferenceContext.Require(a.Rank == 2 && b.Rank == 2, $"both operands must be matrices, not {a} and {b}");
        bool ta = context.Attributes.Int("transA", 0) != 0;
        bool tb = context.Attributes.Int("transB", 0) != 0;
        Dimension inner = ta ? a[0] : a[1];
        InferenceContext.Require(inner.Fits(tb ? b[1] : b[0]),
            $"the inner sizes of {a} and {b} differ" +
            $"{(ta ? " (a is transposed)" : "")}{(tb ? " (b is transposed)" : "")}");
        Shape y = new(ta ? a[1] : a[0], tb ? b[0] : b[1]);
        InferenceContext.Require(!context.Has(2) || Broadcasting.Combine(context.Shape(2), y).Fits(y),
            $"the bias {(context.Has(2) ? context.Shape(2) : y)} does not broadcast to {y}");
        return [context.Type(0).WithShape(y)];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value a = context.In(0);
        Value b = context.In(1);
        Value dy = context.Dy;
        bool ta = context.Attributes.Int("transA", 0) != 0;
        bool tb = context.Attributes.Int("transB", 0) != 0;
        AttributeList scale = AttributeList.Empty.With("alpha", context.Attributes.Float("alpha", 1));
        Value? da = !context.Needs(0) ? null
            : ta ? Product(g, scale, b, dy, tb, true)
            : Product(g, scale, dy, b, false, !tb);
        Value? db = !context.Needs(1) ? null
            : tb ? Product(g, scale, dy, a, true, ta)
            : Product(g, scale, a, dy, !ta, false);
        return context.Needs(2) ? [da, db, BiasGradient(g, dy, context)] : [da, db];
    }

    private static Value Product(
        GraphBuilder g, AttributeList scale, Value a, Value b, bool transposeA, bool transposeB) =>
        g.Node("Gemm", [a, b], scale.With("transA", transposeA ? 1 : 0).With("transB", transposeB ? 1 : 0));

    private static Value BiasGradient(GraphBuilder g, Value dy, GradientContext context)
    {
        Value bias = context.In(2);
        bool perColumn = bias.Shape.Rank == 1 && bias.Shape[0] == dy.Shape[1];
        Value sum = perColumn ? g.ColumnSum(dy) : g.ReduceTo(dy, bias.Shape);
        float beta = context.Attributes.Float("beta", 1);
        return beta == 1 ? sum : g.Mul(sum, g.ConstantLike(beta, sum));
    }
}
