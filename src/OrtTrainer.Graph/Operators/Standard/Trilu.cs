namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>The upper (by default) or lower triangle of the last two axes; the rest becomes 0.</summary>
internal sealed class Trilu : Operator, IGradientRule
{
    public override string Type => "Trilu";

    internal override int MinimumOpset => 14;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Shape(0).Rank >= 2, $"{context.Shape(0)} needs two axes at least");
        return [context.Type(0)];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context) => context.HasInput(1)
        ? [context.Builder.Node("Trilu", [context.Dy, context.In(1)], context.Attributes), null]
        : [context.Builder.Node("Trilu", [context.Dy], context.Attributes)];
}
