using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// Multi-head attention over sequences laid end to end (Vaswani et al., 2017): qkv [T, 3H] holds queries, keys and
/// values side by side, offsets [B+1] where each sequence starts and the last ends. Tokens attend within their
/// sequence, to those that the mask lets them see and, where <c>window</c> is 0 or more, that are at most as many
/// tokens away (Beltagy et al., 2020). Kept for the gradient: y [T, H] and the logarithm of each softmax's denominator,
/// lse [T, heads] (Dao et al., 2022).
/// </summary>
/// <param name="precision">Of the operands of products.</param>
internal sealed class PackedAttention(ProductPrecision precision) : FusedOperator, IGradientRule
{
    /// <summary>The body from the bias of the scores [B, 1 or heads, S, S] on.</summary>
    internal static string Attend(ProductPrecision precision) =>
        "q, k, v = Split<axis = 1, num_outputs = 3>(qkv)\n"
        + $"y, lse = PackedAttend{Operands.Suffix(precision)}{AttentionFunctions.Settings}"
        + "(q, k, v, token, slots, token, bias, key)";

    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"""
        PackedAttention{Operands.Suffix(precision)}(qkv, offsets, key;
            int heads, float scale, int mask, int window, float p, int site) => y, lse
        """,
        """
        token, bias, slots = PackedSlots<mask = @mask, window = @window>(qkv, offsets)

        """ + Attend(precision));

    /// <summary>The types of y and lse, where there are as many heads of keys as of queries.</summary>
    internal static IReadOnlyList<TensorType> InferOutputs(InferenceContext context) =>
        InferOutputs(context, context.Attributes.Int("heads"));

    /// <summary>The types of y and lse.</summary>
    internal static IReadOnlyList<TensorType> InferOutputs(InferenceContext context, long keyHeads)
    {
        Shape qkv = context.Shape(0);
        long heads = context.Attributes.Int("heads"), all = heads + (2 * keyHeads);
        InferenceContext.Require(qkv.Rank == 2 && qkv[1].IsFixed && qkv[1].Size % all == 0,
            $"qkv must be [T, {all} D], of {heads} heads of queries and {keyHeads} of keys and values, not {qkv}");
        InferenceContext.Require(context.Shape(1).Rank == 1, "offsets must be a list");
        long mask = context.Attributes.Int("mask");
        InferenceContext.Require(Enum.IsDefined((AttentionMask)mask),
            $"mask must be 0 (bidirectional) or 1 (causal), not {mask}");
        long window = context.Attributes.Int("window");
        InferenceContext.Require(window >= -1, $"window must be -1 (none) or more, not {window}");
        return
        [
            context.Type(0).WithShape(new(qkv[0], qkv[1].Size / all * heads)),
            context.Type(0).WithShape(new(qkv[0], heads)),
        ];
    }

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => InferOutputs(context);

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        Value dqkv = context.Builder.NodeOutputs(Domain, "PackedAttentionGrad" + Operands.Suffix(precision),
            [context.Dy, context.In(0), context.Out(0), context.Out(1), context.In(1), context.In(2)],
            context.Attributes)[0];
        return [dqkv, null, null];
    }
}

/// <summary>
/// The gradient of <see cref="PackedAttention"/> in qkv; attention weights are computed again from lse.
/// </summary>
/// <param name="precision">Of the operands of products.</param>
internal sealed class PackedAttentionGrad(ProductPrecision precision) : FusedOperator
{
    /// <summary>The body from the bias of the scores on; dbiased [B, heads, S, S] is its gradient.</summary>
    internal static string Attend(ProductPrecision precision) =>
        "q, k, v = Split<axis = 1, num_outputs = 3>(qkv)\n"
        + $"dq, dk, dv, dbiased = PackedAttendGrad{Operands.Suffix(precision)}{AttentionFunctions.Settings}"
        + "(dy, q, k, v, y, lse, token, slots, token, slots, bias, key)\n"
        + "dqkv = Concat<axis = 1>(dq, dk, dv)";

    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"""
        PackedAttentionGrad{Operands.Suffix(precision)}(dy, qkv, y, lse, offsets, key;
            int heads, float scale, int mask, int window, float p, int site) => dqkv
        """,
        """
        token, bias, slots = PackedSlots<mask = @mask, window = @window>(qkv, offsets)

        """ + Attend(precision));

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(1)];
}
