namespace OrtTrainer.Graph.Operators;

/// <summary>
/// Identity with a shape the builder knows better than inference: ONNX computes it from run-time sizes. Not part of
/// <see cref="OperatorSet"/>, since the shape is the instance's own.
/// </summary>
internal sealed class Assumed(Shape shape) : Operator, IGradientRule
{
    public override string Type => "Identity";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Shape(0).Rank == shape.Rank, $"{context.Shape(0)} cannot be {shape}");
        return [context.Type(0).WithShape(shape)];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.Assume(context.Dy, context.In(0).Shape)];
}
