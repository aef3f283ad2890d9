using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// Attention by content and by distance (He et al., DeBERTa, 2021, section 3.1), within sequences laid end to end:
/// qkv [T, 3H] as of <see cref="PackedAttention"/>, relative [R, 2H] with queries and keys of relative positions side
/// by side, and buckets [2P - 1], which has the row of relative positions for the distances 1 - P to P - 1 between
/// query and key; those beyond count as the last ones. A score is scale · (q_i · k_j + q_i · key_r + k_j · query_r), r
/// being the row of i - j. Kept for the gradient: y [T, H] and the logarithm of each softmax's denominator, lse [T,
/// heads].
/// </summary>
internal sealed class DisentangledAttention : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        """
        DisentangledAttention(qkv, relative, buckets, offsets, key; int heads, float scale, float p, int site) => y, lse
        """,
        """
        token, bias, slots = PackedSlots<mask = 0, window = -1>(qkv, offsets)
        q, k, v = Split<axis = 1, num_outputs = 3>(qkv)
        rq, rk = Split<axis = 1, num_outputs = 2>(relative)
        index = RelativeIndex<heads = @heads>(token, buckets)
        queries = PackedToHeads<heads = @heads>(q, token)
        keys = PackedToHeads<heads = @heads>(k, token)
        distantQueries = RelativeToHeads<heads = @heads>(rq)
        distantKeys = RelativeToHeads<heads = @heads>(rk)
        scores = DisentangledScores<scale = @scale>(queries, keys, distantQueries, distantKeys, index, bias)
        top = ReduceMax<keepdims = 1>(scores, [-1])
        e = Exp(Sub(scores, top))
        total = ReduceSum<keepdims = 1>(e, [-1])
        kept = PackedDropoutMask<heads = @heads, p = @p, site = @site>(token, token, key)
        weights = Mul(Div(e, total), kept)
        y = PackedFromHeads(MatMul(weights, PackedToHeads<heads = @heads>(v, token)), slots)
        lse = PackedFromHeads(Add(top, Log(total)), slots)
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape qkv, Shape relative) = (context.Shape(0), context.Shape(1));
        long heads = context.Attributes.Int("heads");
        InferenceContext.Require(qkv.Rank == 2 && qkv[1].IsFixed && qkv[1].Size % (3 * heads) == 0,
            $"qkv must be [T, 3H] with H a multiple of {heads} heads, not {qkv}");
        InferenceContext.Require(
            relative.Rank == 2 && relative[1].IsFixed && 3 * relative[1].Size == 2 * qkv[1].Size,
            $"relative must be [R, 2H], not {relative} for {qkv}");
        Shape buckets = context.Shape(2);
        InferenceContext.Require(buckets.Rank == 1 && (!buckets[0].IsFixed || buckets[0].Size % 2 == 1),
            $"buckets must be [2P - 1], not {buckets}");
        InferenceContext.Require(context.Shape(3).Rank == 1, "offsets must be a list");
        return
        [
            context.Type(0).WithShape(new(qkv[0], qkv[1].Size / 3)),
            context.Type(0).WithShape(new(qkv[0], heads)),
        ];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        IReadOnlyList<Value> gradients = context.Builder.NodeOutputs(Domain, "DisentangledAttentionGrad",
            [
                context.Dy, context.In(0), context.In(1), context.Out(0), context.Out(1), context.In(2),
                context.In(3), context.In(4),
            ],
            context.Attributes);
        return [gradients[0], gradients[1], null, null, null];
    }
}

/// <summary>
/// The gradients of <see cref="DisentangledAttention"/> in qkv and in the relative positions; attention weights are
/// computed again from lse.
/// </summary>
internal sealed class DisentangledAttentionGrad : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        """
        DisentangledAttentionGrad(dy, qkv, relative, y, lse, buckets, offsets, key;
            int heads, float scale, float p, int site) => dqkv, drelative
        """,
        """
        token, bias, slots = PackedSlots<mask = 0, window = -1>(qkv, offsets)
        q, k, v = Split<axis = 1, num_outputs = 3>(qkv)
        rq, rk = Split<axis = 1, num_outputs = 2>(relative)
        index = RelativeIndex<heads = @heads>(token, buckets)
        queries = PackedToHeads<heads = @heads>(q, token)
        keys = PackedToHeads<heads = @heads>(k, token)
        distantQueries = RelativeToHeads<heads = @heads>(rq)
        distantKeys = RelativeToHeads<heads = @heads>(rk)
        scores = DisentangledScores<scale = @scale>(queries, keys, distantQueries, distantKeys, index, bias)
        weights = Exp(Sub(scores, PackedToHeads<heads = @heads>(lse, token)))
        kept = PackedDropoutMask<heads = @heads, p = @p, site = @site>(token, token, key)
        dout = PackedToHeads<heads = @heads>(dy, token)
        delta = ReduceSum<keepdims = 1>(Mul(dout, PackedToHeads<heads = @heads>(y, token)), [-1])
        values = PackedToHeads<heads = @heads>(v, token)
        dweights = Mul(MatMul(dout, Transpose<perm = [0, 1, 3, 2]>(values)), kept)
        dscores = Mul(Mul(weights, Sub(dweights, delta)), @scale)
        turned = Transpose<perm = [0, 1, 3, 2]>(dscores)
        dqr, drk = RelativeScoresGrad(dscores, queries, distantKeys, index)
        dkr, drq = RelativeScoresGrad(turned, keys, distantQueries, Transpose<perm = [0, 1, 3, 2]>(index))
        dq = Add(MatMul(dscores, keys), dqr)
        dk = Add(MatMul(turned, queries), dkr)
        dv = MatMul(Transpose<perm = [0, 1, 3, 2]>(Mul(weights, kept)), dout)
        dqkv = Concat<axis = 1>(PackedFromHeads(dq, slots), PackedFromHeads(dk, slots), PackedFromHeads(dv, slots))
        drelative = Concat<axis = 1>(RelativeFromHeads(drq), RelativeFromHeads(drk))
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(1), context.Type(2)];
}
