namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>y[i, j] = x[indices[i, j], j], along any axis.</summary>
internal sealed class GatherElements : Operator, IGradientRule
{
    public override string Type => "GatherElements";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Shape(0).Rank == context.Shape(1).Rank,
            $"the indices {context.Shape(1)} must have as many axes as {context.Shape(0)}");
        return [context.Type(0).WithShape(context.Shape(1))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value x = context.In(0);
        Value zeros = g.ExpandLike(g.ConstantLike(0, x), x);
        AttributeList attributes = AttributeList.Empty
            .With("axis", context.Attributes.Int("axis", 0)).With("reduction", "add");
        return [g.Node("ScatterElements", [zeros, context.In(1), context.Dy], attributes), null];
    }
}

/// <summary>x with elements replaced by updates, or with updates added (reduction "add"), along one axis.</summary>
internal sealed class ScatterElements : Operator, IGradientRule
{
    public override string Type => "ScatterElements";

    internal override int MinimumOpset => 16;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        string reduction = context.Attributes.String("reduction", "none");
        InferenceContext.Require(reduction is "none" or "add", $"the reduction '{reduction}' is neither none nor add");
        InferenceContext.Require(context.Shape(1).Fits(context.Shape(2)),
            $"indices {context.Shape(1)} and updates {context.Shape(2)} must have one shape");
        return [context.Type(0)];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        (Value dy, Value indices) = (context.Dy, context.In(1));
        AttributeList axis = AttributeList.Empty.With("axis", context.Attributes.Int("axis", 0));
        Value Zeros() => g.ExpandLike(g.ConstantLike(0, dy), context.In(2));
        Value dx = context.Attributes.String("reduction", "none") == "add"
            ? dy
            : g.Node("ScatterElements", [dy, indices, Zeros()], axis);
        return [dx, null, g.Assume(g.Node("GatherElements", [dy, indices], axis), context.In(2).Shape)];
    }
}

/// <summary>
/// Slices picked by index tuples; exporters use it on masks. No gradient: ScatterND(add) is unsafe on ORT's CPU.
/// </summary>
internal sealed class GatherND : Operator
{
    public override string Type => "GatherND";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        Shape indices = context.Shape(1);
        int batch = (int)context.Attributes.Int("batch_dims", 0);
        InferenceContext.Require(indices.Rank > batch && indices[-1].IsFixed && batch + indices[-1].Size <= x.Rank,
            $"index tuples {indices} do not fit {x}");
        return [context.Type(0).WithShape(new Shape(
            [.. indices.SkipLast(1), .. x.Skip(batch + (int)indices[-1].Size)]))];
    }
}
