using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// Multi-head attention of queries to other rows than those they come from (Vaswani et al., 2017, section 3.2.3), both
/// laid end to end: q [Q, H], kv [T, 2H] with keys and values side by side; queryOffsets and offsets [B+1] say where
/// each sequence starts and the last ends in either. The queries of a sequence see all of its keys, in both directions;
/// where it has none, they get 0. Kept for the gradient: y [Q, H] and the logarithm of each softmax's denominator, lse
/// [Q, heads], as of <see cref="PackedAttention"/>.
/// </summary>
internal sealed class PackedCrossAttention : FusedOperator, IGradientRule
{
    /// <summary>The body up to queries, keys and values, and where they are: padding alone is hidden.</summary>
    internal const string Places = """
        query, asked, querySlots = PackedPlaces(q, queryOffsets)
        token, filled, slots = PackedPlaces(kv, offsets)
        bias = Where(Unsqueeze(filled, [1, 2]), 0.0, -1e30)
        k, v = Split<axis = 1, num_outputs = 2>(kv)

        """;

    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        """
        PackedCrossAttention(q, kv, queryOffsets, offsets, key; int heads, float scale, float p, int site) => y, lse
        """,
        Places
            + $"y, lse = PackedAttend{AttentionFunctions.Settings}(q, k, v, query, querySlots, token, bias, key)");

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape q, Shape kv) = (context.Shape(0), context.Shape(1));
        long heads = context.Attributes.Int("heads");
        InferenceContext.Require(q.Rank == 2 && q[1].IsFixed && q[1].Size % heads == 0,
            $"q must be [Q, H] with H a multiple of {heads} heads, not {q}");
        InferenceContext.Require(kv.Rank == 2 && kv[1] == 2 * q[1].Size, $"kv must be [T, 2H], not {kv} for {q}");
        (Shape queries, Shape tokens) = (context.Shape(2), context.Shape(3));
        InferenceContext.Require(queries.Rank == 1 && tokens.Rank == 1 && queries[0].Fits(tokens[0]),
            $"both offsets must be lists of one length, not {queries} and {tokens}");
        return [context.Type(0), context.Type(0).WithShape(new(q[0], heads))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        IReadOnlyList<Value> gradients = context.Builder.NodeOutputs(Domain, "PackedCrossAttentionGrad",
            [
                context.Dy, context.In(0), context.In(1), context.Out(0), context.Out(1), context.In(2), context.In(3),
                context.In(4),
            ],
            context.Attributes);
        return [gradients[0], gradients[1], null, null, null];
    }
}

/// <summary>
/// The gradients of <see cref="PackedCrossAttention"/> in q and in kv; attention weights are computed again from lse.
/// </summary>
internal sealed class PackedCrossAttentionGrad : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        """
        PackedCrossAttentionGrad(dy, q, kv, y, lse, queryOffsets, offsets, key;
            int heads, float scale, float p, int site) => dq, dkv
        """,
        PackedCrossAttention.Places
            + $"dq, dk, dv, dbiased = PackedAttendGrad{AttentionFunctions.Settings}"
            + "(dy, q, k, v, y, lse, query, querySlots, token, slots, bias, key)\n"
            + "dkv = Concat<axis = 1>(dk, dv)");

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(1), context.Type(2)];
}
