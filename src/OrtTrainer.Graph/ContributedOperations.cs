using OrtTrainer.Graph.Operators;
using OrtTrainer.Graph.Operators.Contributed;

namespace OrtTrainer.Graph;

/// <summary>
/// Operators of ONNX Runtime's own as methods of the builder. A graph with one of them runs on ONNX Runtime alone.
/// </summary>
public static class ContributedOperations
{
    /// <summary>softmax(scale · q kᵀ + bias) v by heads, [B, S, V].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="q">Queries [B, S, A], the heads side by side.</param>
    /// <param name="k">Keys [B, T, A].</param>
    /// <param name="v">Values [B, T, V].</param>
    /// <param name="mask">1 for keys that are seen and 0 for others, int32 [B, T]; null where all are.</param>
    /// <param name="bias">What is added to scores, [B or 1, heads or 1, S, T]; null for nothing.</param>
    /// <param name="heads">A divisor of A and V.</param>
    /// <param name="scale">What products are multiplied with.</param>
    /// <param name="hidden">What is added to the scores of keys that the mask hides.</param>
    /// <param name="attention">Whether a token sees those after it.</param>
    public static Value MultiHeadAttention(
        this GraphBuilder g, Value q, Value k, Value v, Value? mask, Value? bias, int heads, float scale, float hidden,
        AttentionMask attention) => g.NodeOutputs(
            ContributedOperator.OfOnnxRuntime, "MultiHeadAttention", [q, k, v, null, mask, bias],
            AttributeList.Empty.With("num_heads", heads).With("scale", scale).With("mask_filter_value", hidden)
                .With("unidirectional", attention == AttentionMask.Causal ? 1 : 0))[0];

    /// <summary>Queries or keys turned by their positions, which are 0, 1, … in every row.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">[B, S, A], the heads side by side.</param>
    /// <param name="cos">Cosines of the angles by position, [S, D/2].</param>
    /// <param name="sin">Their sines.</param>
    public static Value RotaryEmbedding(this GraphBuilder g, Value x, Value cos, Value sin) => g.NodeOutputs(
        ContributedOperator.OfOnnxRuntime, "RotaryEmbedding", [x, g.Constant([0]), cos, sin])[0];

    /// <summary>
    /// Makes a gradient's accumulation an output of the graph: whether it was added to the buffer, bool [1], or
    /// overwrote it.
    /// </summary>
    /// <param name="g">The graph.</param>
    /// <param name="buffer">What is changed in place, an input of the graph.</param>
    /// <param name="gradient">Of the buffer's shape.</param>
    /// <param name="overwrites">Whether the buffer is overwritten, bool [1].</param>
    /// <param name="name">The output's name.</param>
    public static void OutputAccumulated(
        this GraphBuilder g, Value buffer, Value gradient, Value overwrites, string name) => g.MarkOutput(
        g.AddNamed(
            OperatorSet.Get(ContributedOperator.OfOnnxRuntime, "InPlaceAccumulatorV2"),
            [buffer, gradient, overwrites], AttributeList.Empty, name, [name])[0]);
}
