using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>One value, 0 of type float by default, in every element.</summary>
internal sealed class ConstantOfShape : Operator
{
    public override string Type => "ConstantOfShape";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [new((ElementType)(Value(context)?.DataType ?? (int)ElementType.Float), context.ShapeFrom(0))];

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        Value(context)?.SmallIntegers() is { Count: 1 } value && context.Constant(0) is { } sizes
            && Shape.Of(sizes).ElementCount <= TensorContent.SmallIntegerCount
            ? [.. Enumerable.Repeat(value[0], (int)Shape.Of(sizes).ElementCount)]
            : null;

    private static TensorProto? Value(InferenceContext context) => context.Attributes.Tensor("value");
}

/// <summary>start, start + delta, ... up to before limit.</summary>
internal sealed class Range : Operator
{
    public override string Type => "Range";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(Enumerable.Range(0, 3).All(i => context.Shape(i).Rank == 0),
            "start, limit and delta must be single numbers");
        Dimension? count = null;
        if (context.Integers(0)?[0] is { } start
            && context.Integers(1)?[0] is { } limit
            && context.Integers(2)?[0] is { } delta)
        {
            count = delta == 1 ? SymbolicInteger.Subtract(limit, start)?.ToDimension()
                : start.IsNumber && limit.IsNumber && delta is { IsNumber: true, Number: not 0 }
                    ? Math.Max(0, (long)Math.Ceiling((limit.Number - start.Number) / (double)delta.Number))
                    : null;
        }

        return [context.Type(0).WithShape(new(count ?? context.NewDimension()))];
    }
}

/// <summary>Running sum along an axis, which position ids are made of; integers only, so no gradient.</summary>
internal sealed class CumSum : Operator
{
    public override string Type => "CumSum";

    internal override int MinimumOpset => 14;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];
}

/// <summary>The indices of the elements other than 0, [rank, count].</summary>
internal sealed class NonZero : Operator
{
    public override string Type => "NonZero";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [TensorType.Int64(context.Shape(0).Rank, context.NewDimension())];
}
