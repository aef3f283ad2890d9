namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Expand : Operator, IGradientRule
{
    public override string Type => "Expand";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [context.Type(0).WithShape(Broadcasting.Combine(context.Shape(0), context.ShapeFrom(1)))];

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.ReduceTo(context.Dy, context.In(0).Shape), null];
}

/// <summary>x repeated along each of its axes.</summary>
internal sealed class Tile : Operator, IGradientRule
{
    public override string Type => "Tile";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        IReadOnlyList<SymbolicInteger?>? repeats = context.Integers(1);
        InferenceContext.Require(repeats is null || repeats.Count == x.Rank,
            $"a repeat for each axis of {x} is needed");
        return [context.Type(0).WithShape(new Shape(x.Select((d, i) =>
            (repeats?[i] is { } count ? SymbolicInteger.Multiply(SymbolicInteger.Of(d), count)?.ToDimension() : null)
            ?? context.NewDimension())))];
    }

    /// <summary>The sum over the copies: each repeated axis becomes two, copies and elements.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value x = context.In(0);
        Value sizes = g.Concat(0, [.. Enumerable.Range(0, x.Shape.Rank).SelectMany(axis =>
            new[] { g.Slice(context.In(1), 0, axis, axis + 1), g.SizeOfAxis(x, axis) })]);
        Value split = g.Node("Reshape", [context.Dy, sizes]);
        long[] copies = [.. Enumerable.Range(0, x.Shape.Rank).Select(i => 2L * i)];
        return [g.Assume(g.ReduceSum(split, copies, keepAxes: false), x.Shape), null];
    }
}
