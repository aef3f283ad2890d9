namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>
/// x [B, C, ...] with the given mean and variance per channel taken out, then scaled and shifted: batch normalization
/// as it predicts.
/// </summary>
internal sealed class BatchNormalization : Operator, IGradientRule
{
    public override string Type => "BatchNormalization";

    internal override int MinimumOpset => 15;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        InferenceContext.Require(
            context.Attributes.Int("training_mode", 0) == 0, "training_mode is not supported; its operators are");
        InferenceContext.Require(
            x.Rank > 1 && Enumerable.Range(1, 4).All(i => context.Shape(i).Fits(new Shape(x[1]))),
            $"scale, bias, mean and variance must each have a value per channel of {x}");
        return [context.Type(0)];
    }

    /// <summary>Of mean and variance there is none: they are given.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        (Value x, Value dy) = (context.In(0), context.Dy);
        long[] inside = [.. Enumerable.Range(1, x.Shape.Rank - 2).Select(axis => (long)axis)];
        long[] others = [0, .. Enumerable.Range(2, x.Shape.Rank - 2).Select(axis => (long)axis)];
        Value Channels(Value values) => g.Unsqueeze(values, inside);
        Value epsilon = g.ConstantLike(context.Attributes.Float("epsilon", 1e-5f), x);
        Value inverse = g.Node("Reciprocal", [g.Node("Sqrt", [g.Add(context.In(4), epsilon)])]);
        Value Normalized() => g.Mul(g.Sub(x, Channels(context.In(3))), Channels(inverse));
        return
        [
            context.Needs(0) ? g.Mul(dy, Channels(g.Mul(context.In(1), inverse))) : null,
            context.Needs(1) ? g.ReduceSum(g.Mul(dy, Normalized()), others, keepAxes: false) : null,
            context.Needs(2) ? g.ReduceSum(dy, others, keepAxes: false) : null,
            null,
            null,
        ];
    }
}
