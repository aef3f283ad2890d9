namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Another element type; a gradient passes between floating-point types.</summary>
internal sealed class Cast : Operator, IGradientRule
{
    public override string Type => "Cast";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [context.Type(0).WithElement((ElementType)context.Attributes.Int("to"))];

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        (ElementType)context.Attributes.Int("to") == ElementType.Bool
            ? context.Integers(0)
                ?.Select(i => i is { IsNumber: true } n ? n == 0 ? 0 : 1 : (SymbolicInteger?)null).ToArray()
            : context.Integers(0);

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Needs(0) ? context.Builder.Cast(context.Dy, context.In(0).Type.Element) : null];
}
