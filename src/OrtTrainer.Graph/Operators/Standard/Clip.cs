namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>x limited to [min, max]; either bound may be left out. The bounds have no gradient.</summary>
internal sealed class Clip : Operator, IGradientRule
{
    public override string Type => "Clip";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        TensorType number = new(context.Type(0).Element, Shape.Scalar);
        for (int i = 1; i <= 2; i++)
        {
            InferenceContext.Require(!context.Has(i) || context.Type(i) == number,
                $"the bounds must be single numbers of type {number.Element}");
        }

        return [context.Type(0)];
    }

    /// <summary>The gradient passes where x is not changed, at the bounds too, as in PyTorch.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value unchanged = g.Node("Equal", [context.In(0), context.Out(0)]);
        Value dx = g.Where(unchanged, context.Dy, g.ConstantLike(0, context.Dy));
        return [dx, .. Enumerable.Repeat<Value?>(null, context.InputCount - 1)];
    }
}
