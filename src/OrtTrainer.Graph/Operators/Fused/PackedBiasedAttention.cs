using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// <see cref="PackedAttention"/> with a bias on the scores that depends on the distance from query to key (Raffel et
/// al., 2020): relative [D, heads], D odd, holds it for the distances -(D-1)/2 to (D-1)/2, key after query positive;
/// keys further away take that of the furthest.
/// </summary>
/// <param name="precision">Of the operands of products.</param>
internal sealed class PackedBiasedAttention(ProductPrecision precision) : FusedOperator, IGradientRule
{
    private const int Relative = 3;

    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"""
        PackedBiasedAttention{Operands.Suffix(precision)}(qkv, offsets, key, relative;
            int heads, float scale, int mask, int window, float p, int site) => y, lse
        """,
        """
        token, seen, slots = PackedSlots<mask = @mask, window = @window>(qkv, offsets)
        bias = Add(seen, PackedRelativeBias(relative, token))

        """ + PackedAttention.Attend(precision));

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        IReadOnlyList<TensorType> outputs = PackedAttention.InferOutputs(context);
        Shape relative = context.Shape(Relative);
        long heads = context.Attributes.Int("heads");
        InferenceContext.Require(
            relative.Rank == 2 && relative[0].IsFixed && relative[0].Size % 2 == 1 && relative[1] == heads,
            $"relative must be [D, {heads}] with D odd, not {relative}");
        return outputs;
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        IReadOnlyList<Value> gradients = context.Builder.NodeOutputs(
            Domain, "PackedBiasedAttentionGrad" + Operands.Suffix(precision),
            [context.Dy, context.In(0), context.Out(0), context.Out(1), context.In(1), context.In(2),
                context.In(Relative)],
            context.Attributes);
        return [gradients[0], null, null, gradients[1]];
    }
}

/// <summary>The gradient of <see cref="PackedBiasedAttention"/> in qkv and in relative.</summary>
/// <param name="precision">Of the operands of products.</param>
internal sealed class PackedBiasedAttentionGrad(ProductPrecision precision) : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"""
        PackedBiasedAttentionGrad{Operands.Suffix(precision)}(dy, qkv, y, lse, offsets, key, relative;
            int heads, float scale, int mask, int window, float p, int site) => dqkv, drelative
        """,
        """
        token, seen, slots = PackedSlots<mask = @mask, window = @window>(qkv, offsets)
        bias = Add(seen, PackedRelativeBias(relative, token))

        """ + PackedAttentionGrad.Attend(precision) + """

        drelative = PackedRelativeGrad(dbiased, relative, token)
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(1), context.Type(6)];
}
