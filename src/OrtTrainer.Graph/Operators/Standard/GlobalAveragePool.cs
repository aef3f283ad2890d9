namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>The mean over all places of x [B, C, ...], each of which becomes an axis of 1.</summary>
internal sealed class GlobalAveragePool : Operator, IGradientRule
{
    public override string Type => "GlobalAveragePool";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        InferenceContext.Require(x.Rank > 2, $"{x} has no axes behind batch and channels");
        return [context.Type(0).WithShape(new Shape(x.Select((size, axis) => axis < 2 ? size : 1)))];
    }

    /// <summary>An equal share to every place.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Shape places = new(context.In(0).Shape.Skip(2));
        if (!places.IsFixed)
        {
            throw new GraphException(
                $"GlobalAveragePool has a gradient rule for axes of fixed size only, not for {context.In(0)}.");
        }

        Value share = g.Div(context.Dy, g.ConstantLike(places.ElementCount, context.Dy));
        return [g.ExpandLike(share, context.In(0))];
    }
}
