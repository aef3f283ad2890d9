namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Comparisons: no gradient.</summary>
internal abstract class Comparison : Operator
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Type(0).Element == context.Type(1).Element, "both operands must have one type");
        return [new(ElementType.Bool, Broadcasting.Combine(context.Shape(0), context.Shape(1)))];
    }
}

internal sealed class Equal : Comparison
{
    public override string Type => "Equal";
}

internal sealed class GreaterOrEqual : Comparison
{
    public override string Type => "GreaterOrEqual";
}

/// <summary>Running sum along an axis, which position ids are made of; integers only, so no gradient.</summary>
internal sealed class CumSum : Operator
{
    public override string Type => "CumSum";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];
}

internal sealed class ConstantOfShape : Operator
{
    public override string Type => "ConstantOfShape";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        ElementType element = (ElementType)(context.Attributes.Tensor("value")?.DataType ?? (int)ElementType.Float);
        if (context.Constant(0) is { } sizes)
        {
            return [new(element, Shape.Of(sizes))];
        }

        Value source = context.Inputs[0]!;
        if (source.Producer is { Operator: ShapeOf } shapeOf)
        {
            return [new(element, shapeOf.Inputs[0]!.Shape)];
        }

        InferenceContext.Require(source.Shape.Rank == 1 && source.Shape[0].IsFixed, "the number of axes must be known");
        return [new(element, new Shape(Enumerable.Range(0, (int)source.Shape[0].Size).Select(_ => context.NewDimension())))];
    }
}
