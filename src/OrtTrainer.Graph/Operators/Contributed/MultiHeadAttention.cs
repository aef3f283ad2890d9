namespace OrtTrainer.Graph.Operators.Contributed;

/// <summary>
/// softmax(scale · q kᵀ + bias) v by <c>num_heads</c> heads, q [B, S, A], k [B, T, A] and v [B, T, V] with the heads
/// side by side; then what is added to q, k and v, [2A + V], a mask of the keys, int32 [B, T], and what is added to
/// scores, [B or 1, heads or 1, S, T], each of which may be missing.
/// </summary>
internal sealed class MultiHeadAttention : ContributedOperator
{
    public override string Type => "MultiHeadAttention";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape q, Shape k, Shape v) = (context.Shape(0), context.Shape(1), context.Shape(2));
        InferenceContext.Require(
            q.Rank == 3 && k.Rank == 3 && v.Rank == 3 && k[2].Fits(q[2]),
            $"queries, keys and values must be [B, S, A], [B, T, A] and [B, T, V], not {q}, {k} and {v}");
        InferenceContext.Require(
            !context.Has(5) || context.Shape(5).Rank == 4, "what is added to scores must be [B, heads, S, T]");
        return [context.Type(0).WithShape(new(q[0], q[1], v[2]))];
    }
}
