namespace OrtTrainer.Graph.Operators.Contributed;

/// <summary>
/// Adds a gradient to a buffer of the same shape, in the buffer itself, or overwrites it where the flag, bool [1], is
/// true; gives whether it was done, bool [1]. Training builds of ONNX Runtime alone have it.
/// </summary>
internal sealed class InPlaceAccumulatorV2 : ContributedOperator
{
    public override string Type => "InPlaceAccumulatorV2";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(
            context.Shape(0).Fits(context.Shape(1)),
            $"the buffer {context.Shape(0)} and the gradient {context.Shape(1)} must have one shape");
        InferenceContext.Require(
            context.Type(2).Element == ElementType.Bool && context.Shape(2).Fits(new Shape(1)),
            "the flag must be Bool [1]");
        return [new TensorType(ElementType.Bool, new Shape(1))];
    }
}
