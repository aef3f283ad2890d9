namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Reductions whose axes are a constant second input; without axes, over all.</summary>
internal abstract class Reduction : Operator, IGradientRule
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        int[] axes = Axes(x, context.Has(1), context.Constant(1));
        InferenceContext.Require(
            context.Constant(1) is { Length: > 0 } || context.Attributes.Int("noop_with_empty_axes", 0) == 0,
            "noop_with_empty_axes without axes is not supported");
        bool keep = context.Attributes.Int("keepdims", 1) != 0;
        return [context.Type(0).WithShape(new Shape(
            Enumerable.Range(0, x.Rank)
                .Where(i => keep || !axes.Contains(i)).Select(i => axes.Contains(i) ? 1 : x[i])))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value x = context.In(0);
        int[] axes = Axes(x.Shape, context.HasInput(1), context.HasInput(1) ? context.In(1).ConstantIntegers : null);
        Value dy = context.Attributes.Int("keepdims", 1) != 0 || axes.Length == 0
            ? context.Dy
            : g.Unsqueeze(context.Dy, [.. axes.Select(a => (long)a)]);
        Value y = dy == context.Dy ? context.Out(0) : g.Unsqueeze(context.Out(0), [.. axes.Select(a => (long)a)]);
        return [.. new[] { Dx(g, dy, x, y, axes) }, .. Enumerable.Repeat<Value?>(null, context.InputCount - 1)];
    }

    /// <summary>The gradient in x; dy and y have the reduced axes with size 1.</summary>
    protected abstract Value Dx(GraphBuilder g, Value dy, Value x, Value y, int[] axes);

    private static int[] Axes(Shape x, bool given, long[]? constant)
    {
        InferenceContext.Require(!given || constant is not null, "the axes must be constant");
        return constant is null or []
            ? [.. Enumerable.Range(0, x.Rank)]
            : [.. constant.Select(axis => x.NormalizeAxis(axis)).Order()];
    }
}

internal sealed class ReduceSum : Reduction
{
    public override string Type => "ReduceSum";

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y, int[] axes) => g.ExpandLike(dy, x);
}

internal sealed class ReduceMean : Reduction
{
    public override string Type => "ReduceMean";

    internal override int MinimumOpset => 18;

    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y, int[] axes)
    {
        Value count = axes.All(axis => x.Shape[axis].IsFixed)
            ? g.ConstantLike(axes.Aggregate(1L, (n, axis) => n * x.Shape[axis].Size), dy)
            : g.Cast(g.Node("ReduceProd", [g.Gather(g.ShapeOf(x), g.Constant([.. axes.Select(a => (long)a)]))],
                AttributeList.Empty.With("keepdims", 0)), dy.Type.Element);
        return g.ExpandLike(g.Div(dy, count), x);
    }
}

internal abstract class ReducedExtreme : Reduction
{
    internal override int MinimumOpset => 18;

    /// <summary>Equal extremes share the gradient alike, as in PyTorch.</summary>
    protected override Value Dx(GraphBuilder g, Value dy, Value x, Value y, int[] axes)
    {
        Value chosen = g.Cast(g.Node("Equal", [x, y]), dy.Type.Element);
        Value count = g.ReduceSum(chosen, [.. axes.Select(a => (long)a)], keepAxes: true);
        return g.Mul(chosen, g.Div(dy, count));
    }
}

internal sealed class ReduceMax : ReducedExtreme
{
    public override string Type => "ReduceMax";
}

internal sealed class ReduceMin : ReducedExtreme
{
    public override string Type => "ReduceMin";
}

/// <summary>Product of all elements; shapes only, so it has no gradient rule.</summary>
internal sealed class ReduceProd : Operator
{
    public override string Type => "ReduceProd";

    internal override int MinimumOpset => 18;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(!context.Has(1) && context.Attributes.Int("keepdims", 1) == 0,
            "only the product over all axes is supported");
        return [context.Type(0).WithShape(Shape.Scalar)];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        context.Integers(0) is { } factors
            ? [factors.Aggregate((SymbolicInteger?)1, (product, factor) =>
                product is null || factor is null ? null : SymbolicInteger.Multiply(product.Value, factor.Value))]
            : null;
}
