using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// The logarithm of a softmax over the rows of each sequence, column by column: x [T, K] with sequences end to end,
/// offsets [B+1] where each starts and the last ends. y [t, k] = x [t, k] - log of the sum of e^x [u, k] over the rows
/// u of t's sequence. Every column is a distribution over the tokens of a sequence, such as that of where an answer
/// starts.
/// </summary>
internal sealed class PackedLogSoftmax : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "PackedLogSoftmax(x, offsets) => y",
        """
        token, filled, slots = PackedPlaces(x, offsets)
        width = Slice(Shape(x), [1], [2], [0])
        row = Expand(-1e30, Concat<axis = 0>([1], width))
        logarithms = LogSoftmax<axis = 1>(Gather(Concat<axis = 0>(x, row), token))
        y = Gather(Reshape(logarithms, Concat<axis = 0>([-1], width)), slots)
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Shape(0).Rank == 2, $"x must be [T, K], not {context.Shape(0)}");
        InferenceContext.Require(context.Shape(1).Rank == 1, "offsets must be a list");
        return [context.Type(0)];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
    [
        context.Builder.NodeOutputs(
            Domain, "PackedLogSoftmaxGrad", [context.Dy, context.Out(0), context.In(1)], AttributeList.Empty)[0],
        null,
    ];
}

/// <summary>
/// The gradient of <see cref="PackedLogSoftmax"/>: dx [t, k] = dy [t, k] - e^y [t, k] times the sum of dy [u, k] over
/// the rows u of t's sequence.
/// </summary>
internal sealed class PackedLogSoftmaxGrad : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "PackedLogSoftmaxGrad(dy, y, offsets) => dx",
        """
        token, filled, slots = PackedPlaces(dy, offsets)
        width = Slice(Shape(dy), [1], [2], [0])
        row = Expand(0.0, Concat<axis = 0>([1], width))
        padded = Gather(Concat<axis = 0>(dy, row), token)
        total = Expand(ReduceSum<keepdims = 1>(padded, [1]), Shape(padded))
        sums = Gather(Reshape(total, Concat<axis = 0>([-1], width)), slots)
        dx = Sub(dy, Mul(Exp(y), sums))
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(1)];
}
