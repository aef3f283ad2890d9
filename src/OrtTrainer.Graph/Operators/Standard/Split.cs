namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>
/// Consecutive parts of an axis: their sizes as second input, or <c>num_outputs</c> parts of one size (the last may be
/// smaller).
/// </summary>
internal sealed class Split : Operator, IGradientRule
{
    public override string Type => "Split";

    internal override int MinimumOpset => 18;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        int axis = x.NormalizeAxis(context.Attributes.Int("axis", 0));
        Dimension[] sizes = context.Has(1) ? [.. context.ShapeFrom(1)] : EqualParts(context, x[axis]);
        InferenceContext.Require(
            !x[axis].IsFixed || sizes.Any(s => !s.IsFixed) || sizes.Sum(s => s.Size) == x[axis].Size,
            $"the parts [{string.Join(", ", sizes)}] do not add up to axis {axis} of {x}");
        return [.. sizes.Select(size => context.Type(0).WithShape(x.With(axis, size)))];
    }

    /// <summary>The parts' gradients, with zeros for parts the loss does not depend on.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value[] parts = [.. Enumerable.Range(0, context.OutputCount).Select(i => context.OutputGradient(i)
            ?? g.Mul(context.Out(i), g.ConstantLike(0, context.Out(i))))];
        Value dx = g.Concat(context.Attributes.Int("axis", 0), parts);
        return context.HasInput(1) ? [dx, null] : [dx];
    }

    private static Dimension[] EqualParts(InferenceContext context, Dimension size)
    {
        long count = context.Attributes.Int("num_outputs");
        InferenceContext.Require(count > 0, $"num_outputs is {count}");
        long part = size.IsFixed ? (size.Size + count - 1) / count : 0;
        return [.. Enumerable.Range(0, (int)count).Select(i =>
            size.IsFixed ? Math.Max(0, Math.Min(part, size.Size - (i * part))) : context.NewDimension())];
    }
}
