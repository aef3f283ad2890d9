using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// <see cref="PackedAttention"/> whose heads of queries share fewer heads of keys and values, in groups of neighbours
/// (Ainslie et al., 2023): qkv [T, (heads + 2 keyHeads) D] holds heads of queries, then keyHeads of keys and of values.
/// </summary>
/// <param name="precision">Of the operands of products.</param>
internal sealed class PackedSharedAttention(ProductPrecision precision) : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"""
        PackedSharedAttention{Operands.Suffix(precision)}(qkv, offsets, key;
            int heads, int keyHeads, float scale, int mask, int window, float p, int site) => y, lse
        """,
        """
        token, bias, slots = PackedSlots<mask = @mask, window = @window>(qkv, offsets)
        q, k, v = PackedShare<heads = @heads, keyHeads = @keyHeads>(qkv)

        """
        + $"y, lse = PackedAttend{Operands.Suffix(precision)}{AttentionFunctions.Settings}"
        + "(q, k, v, token, slots, token, bias, key)");

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        long heads = context.Attributes.Int("heads"), keyHeads = context.Attributes.Int("keyHeads");
        InferenceContext.Require(keyHeads >= 1 && heads % keyHeads == 0,
            $"keyHeads must be a divisor of {heads} heads, not {keyHeads}");
        return PackedAttention.InferOutputs(context, keyHeads);
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        Value dqkv = context.Builder.NodeOutputs(Domain, "PackedSharedAttentionGrad" + Operands.Suffix(precision),
            [context.Dy, context.In(0), context.Out(0), context.Out(1), context.In(1), context.In(2)],
            context.Attributes)[0];
        return [dqkv, null, null];
    }
}

/// <summary>
/// The gradient of <see cref="PackedSharedAttention"/> in qkv: keys and values add up what the queries of their group
/// give.
/// </summary>
/// <param name="precision">Of the operands of products.</param>
internal sealed class PackedSharedAttentionGrad(ProductPrecision precision) : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"""
        PackedSharedAttentionGrad{Operands.Suffix(precision)}(dy, qkv, y, lse, offsets, key;
            int heads, int keyHeads, float scale, int mask, int window, float p, int site) => dqkv
        """,
        """
        token, bias, slots = PackedSlots<mask = @mask, window = @window>(qkv, offsets)
        q, k, v = PackedShare<heads = @heads, keyHeads = @keyHeads>(qkv)

        """
        + $"dq, dk, dv, dbiased = PackedAttendGrad{Operands.Suffix(precision)}{AttentionFunctions.Settings}"
        + """
        (dy, q, k, v, y, lse, token, slots, token, slots, bias, key)
        dkeys = PackedShareGrad<heads = @heads, keyHeads = @keyHeads>(dk)
        dvalues = PackedShareGrad<heads = @heads, keyHeads = @keyHeads>(dv)
        dqkv = Concat<axis = 1>(dq, dkeys, dvalues)
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(1)];
}
