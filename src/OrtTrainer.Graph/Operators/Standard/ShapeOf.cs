namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>ONNX's Shape: the sizes of a value at run time, from axis <c>start</c> to before axis <c>end</c>.</summary>
internal sealed class ShapeOf : Operator
{
    public override string Type => "Shape";

    internal override int MinimumOpset => 15;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [TensorType.Int64(Sizes(context).Length)];

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        [.. Sizes(context).Select(d => (SymbolicInteger?)SymbolicInteger.Of(d))];

    /// <summary>The number of elements of a shape.</summary>
    internal static SymbolicInteger Count(Shape shape) => shape.Aggregate(
        (SymbolicInteger)1, (count, d) => SymbolicInteger.Multiply(count, SymbolicInteger.Of(d))!.Value);

    private static Dimension[] Sizes(InferenceContext context)
    {
        Shape x = context.Shape(0);
        int Bound(long axis) => (int)Math.Clamp(axis < 0 ? axis + x.Rank : axis, 0, x.Rank);
        int start = Bound(context.Attributes.Int("start", 0));
        int end = Bound(context.Attributes.Int("end", x.Rank));
        return [.. x.Skip(start).Take(end - start)];
    }
}

/// <summary>The number of elements of a value.</summary>
internal sealed class SizeOf : Operator
{
    public override string Type => "Size";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        _ = context.Shape(0);
        return [TensorType.Int64()];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        [ShapeOf.Count(context.Shape(0))];
}
