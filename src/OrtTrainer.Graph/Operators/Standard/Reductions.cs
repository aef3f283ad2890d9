namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Reductions whose axes are a constant second input; without axes, over all.</summary>
internal abstract class Reduction : Operator
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        int[] axes = Axes(x, context.Has(1), context.Constant(1));
        bool keep = context.Attributes.Int("keepdims", 1) != 0;
        return [context.Type(0).WithShape(new Shape(x.Select((d, i) => (Size: axes.Contains(i) ? 1 : d, Kept: keep || !axes.Contains(i)))
            .Where(d => d.Kept).Select(d => d.Size)))];
    }

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value x = context.In(0);
        int[] axes = Axes(x.Shape, context.HasInput(1), context.HasInput(1) ? context.In(1).ConstantIntegers : null);
        Value dy = context.Attributes.Int("keepdims", 1) != 0 || axes.Length == 0
            ? context.Dy
            : g.Unsqueeze(context.Dy, [.. axes.Select(a => (long)a)]);
        return [g.ExpandLike(Scale(g, dy, x, axes), x)];
    }

    /// <summary>What of the gradient each reduced element gets.</summary>
    protected abstract Value Scale(GraphBuilder g, Value dy, Value x, int[] axes);

    private static int[] Axes(Shape x, bool given, long[]? constant)
    {
        InferenceContext.Require(!given || constant is not null, "the axes must be constant");
        return constant is null
            ? [.. Enumerable.Range(0, x.Rank)]
            : [.. constant.Select(axis => x.NormalizeAxis(axis)).Order()];
    }
}

internal sealed class ReduceSum : Reduction
{
    public override string Type => "ReduceSum";

    protected override Value Scale(GraphBuilder g, Value dy, Value x, int[] axes) => dy;
}

internal sealed class ReduceMean : Reduction
{
    public override string Type => "ReduceMean";

    internal override int MinimumOpset => 18;

    protected override Value Scale(GraphBuilder g, Value dy, Value x, int[] axes)
    {
        Value count = axes.All(axis => x.Shape[axis].IsFixed)
            ? g.Constant((float)axes.Aggregate(1L, (n, axis) => n * x.Shape[axis].Size))
            : g.Cast(g.Node("ReduceProd", [g.Gather(g.ShapeOf(x), g.Constant([.. axes.Select(a => (long)a)]))],
                AttributeList.Empty.With("keepdims", 0)), ElementType.Float);
        return g.Div(dy, count);
    }
}

/// <summary>Product of all elements; shapes only, so it has no gradient rule.</summary>
internal sealed class ReduceProd : Operator
{
    public override string Type => "ReduceProd";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(!context.Has(1) && context.Attributes.Int("keepdims", 1) == 0,
            "only the product over all axes is supported");
        return [context.Type(0).WithShape(Shape.Scalar)];
    }
}

/// <summary>Normalisation of the last axis, opset 17. Training graphs use the fused LayerNorm, which has a gradient rule.</summary>
internal sealed class LayerNormalization : Operator
{
    public override string Type => "LayerNormalization";

    internal override int MinimumOpset => 17;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Attributes.Int("axis", -1) == -1, "only the last axis is supported");
        InferenceContext.Require(context.Shape(1).Rank == 1 && context.Shape(1)[0] == context.Shape(0)[-1],
            $"the scale must have the last size of {context.Shape(0)}");
        return [context.Type(0)];
    }
}
