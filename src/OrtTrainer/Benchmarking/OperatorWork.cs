using OrtTrainer.Runtime.Profiling;

namespace OrtTrainer.Benchmarking;

/// <summary>What a node computes, told from its operator and shapes.</summary>
internal static class OperatorWork
{
    /// <summary>Behind it in a name stands the precision alone.</summary>
    private const string Gradient = "Grad";

    /// <summary>The gradient of attention has five products of the size of attention's two.</summary>
    private const double AttentionGradientFactor = 2.5;

    /// <summary>What a table calls a node: its operator, and of a <c>Gemm</c> what it is for.</summary>
    public static string Kind(ProfiledNode node) => node.Operator switch
    {
        "Gemm" or "FusedGemm" when Sizes(node) is { } sizes => $"{node.Operator} {Direction(node, sizes)}",
        _ => node.Operator,
    };

    /// <summary>Floating-point operations of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="squaredLengths">The sum of the squared lengths of the batch's sequences.</param>
    /// <param name="width">Values per token, H, over all heads.</param>
    /// <returns>
    /// 2 M N K of a product; 4 H times the squared lengths of attention, and 2.5 times that of its gradient, as though
    /// every token attended to all of its sequence; null for operators that are bound by memory, which attention of
    /// first tokens alone is: it reads keys and values once.
    /// </returns>
    public static double? Operations(ProfiledNode node, double squaredLengths, int width) =>
        OperatorParts.WithoutResidual(node.Operator) switch
        {
            string name when IsAttention(name) => 4 * squaredLengths * width
                * (name.Contains(Gradient, StringComparison.Ordinal) ? AttentionGradientFactor : 1),
            string name when name.StartsWith("FeedForward", StringComparison.Ordinal) =>
                name.Contains(Gradient, StringComparison.Ordinal) ? Products(node, 2, 2, 3)
                : name.StartsWith("FeedForwardGlu", StringComparison.Ordinal) ? Products(node, 1, 1, 2)
                : Products(node, 1, 1, 3),
            string name when name.StartsWith("LinearGrad", StringComparison.Ordinal)
                || name.StartsWith("LinearWithoutBiasGrad", StringComparison.Ordinal) => Products(node, 2, 2),
            string name when name.StartsWith("LinearCrossEntropy", StringComparison.Ordinal) => Products(node, 3, 1),
            string name when name.StartsWith("FrozenLinear", StringComparison.Ordinal) => Products(node, 2, 1),
            _ when IsProduct(node) => Product(node),
            _ => null,
        };

    /// <summary>Whether the node multiplies matrices, and does nothing of another order of size.</summary>
    public static bool IsProduct(ProfiledNode node) =>
        OperatorParts.Of(node.Operator) == StepPart.Products && node.Inputs.Count >= 2
        && node.Inputs[0].Shape.Count >= 2 && node.Inputs[1].Shape.Count >= 2;

    private static bool IsAttention(string name) =>
        name.StartsWith("Packed", StringComparison.Ordinal)
        && !name.StartsWith("PackedCross", StringComparison.Ordinal) && OperatorParts.Of(name) == StepPart.Attention;

    /// <summary>
    /// 2 M N K: whichever operand is transposed, the three matrices have M K, K N and M N elements, so that their
    /// product is the square of M N K; with a batch of G matrices each, of G^3 times that.
    /// </summary>
    private static double Product(ProfiledNode node)
    {
        double groups = node.Outputs[0].Shape.SkipLast(2).Aggregate(1.0, (product, size) => product * size);
        double right = node.Inputs[1].Elements
            * (node.Inputs[1].Shape.Count == 2 ? groups : 1);
        return 2 * Math.Sqrt(node.Inputs[0].Elements * right * node.Outputs[0].Elements / groups);
    }

    /// <summary>Products of the rows of the first input with each of the weights, or of that size.</summary>
    /// <param name="node">The node.</param>
    /// <param name="perWeight">How many.</param>
    /// <param name="weights">The inputs that are weights.</param>
    private static double Products(ProfiledNode node, int perWeight, params int[] weights) =>
        2.0 * perWeight * node.Inputs[0].Shape[0] * weights.Sum(input => node.Inputs[input].Elements);

    private static (long Rows, long Columns, long Inner)? Sizes(ProfiledNode node) =>
        node.Inputs.Count >= 2 && node.Outputs is [{ Shape: [long rows, long columns] }, ..] && rows > 0
            ? (rows, columns, node.Inputs[0].Elements / rows)
            : null;

    /// <summary>
    /// A linear layer y = x Wᵀ + b multiplies with the transposed weights [N, K], its gradients dx = dy W with them as
    /// they are, and dW = dyᵀ x with a transposed left operand. Where weights are square, the bias tells the layer.
    /// </summary>
    private static string Direction(ProfiledNode node, (long Rows, long Columns, long Inner) sizes)
    {
        IReadOnlyList<long> left = node.Inputs[0].Shape;
        IReadOnlyList<long> right = node.Inputs[1].Shape;
        bool leftAsIs = left[0] == sizes.Rows && left[1] == sizes.Inner;
        bool rightTransposed = right[0] == sizes.Columns && right[1] == sizes.Inner;
        bool rightAsIs = right[0] == sizes.Inner && right[1] == sizes.Columns;
        return !leftAsIs ? "weight gradient"
            : rightTransposed && (!rightAsIs || node.Inputs.Count > 2) ? "forward"
            : "input gradient";
    }
}
