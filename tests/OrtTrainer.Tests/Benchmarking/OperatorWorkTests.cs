using OrtTrainer.Benchmarking;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Profiling;

namespace OrtTrainer.Tests.Benchmarking;

public sealed class OperatorWorkTests
{
    [TestCase("forward", 100L, 384L, 1536L, 384L, 100L, 1536L)]
    [TestCase("input gradient", 100L, 1536L, 1536L, 384L, 100L, 384L)]
    [TestCase("weight gradient", 100L, 1536L, 100L, 384L, 1536L, 384L)]
    public void A_linear_layer_and_its_gradients_are_told_apart_and_cost_the_same(
        string kind, long left0, long left1, long right0, long right1, long rows, long columns)
    {
        ProfiledNode node = Node("Gemm", [[left0, left1], [right0, right1]], [rows, columns]);

        Assert.That(OperatorWork.Kind(node), Is.EqualTo("Gemm " + kind));
        Assert.That(OperatorWork.Operations(node, 0, 0), Is.EqualTo(2.0 * 100 * 384 * 1536));
    }

    [Test]
    public void Where_weights_are_square_the_bias_tells_the_layer_from_its_gradient()
    {
        long[][] both = [[100, 384], [384, 384]];

        Assert.That(OperatorWork.Kind(Node("Gemm", [.. both, [384]], [100, 384])), Is.EqualTo("Gemm forward"));
        Assert.That(OperatorWork.Kind(Node("Gemm", both, [100, 384])), Is.EqualTo("Gemm input gradient"));
        Assert.That(OperatorWork.Kind(Node("Gemm", [[100, 384], [100, 384]], [384, 384])),
            Is.EqualTo("Gemm weight gradient"));
    }

    [Test]
    public void A_product_of_batches_is_counted_once_for_each()
    {
        ProfiledNode node = Node("MatMul", [[4, 12, 7, 32], [4, 12, 32, 9]], [4, 12, 7, 9]);
        ProfiledNode shared = Node("MatMul", [[4, 7, 32], [32, 9]], [4, 7, 9]);

        Assert.That(OperatorWork.Operations(node, 0, 0), Is.EqualTo(2.0 * 4 * 12 * 7 * 32 * 9).Within(1e-3));
        Assert.That(OperatorWork.Operations(shared, 0, 0), Is.EqualTo(2.0 * 4 * 7 * 32 * 9).Within(1e-3));
        Assert.That(OperatorWork.Kind(node), Is.EqualTo("MatMul"));
    }

    [Test]
    public void A_product_with_an_epilogue_counts_the_product()
    {
        ProfiledNode node = Node("LinearGelu", [[5, 8], [16, 8], [16]], [5, 16]);

        Assert.That(OperatorWork.IsProduct(node), Is.True);
        Assert.That(OperatorWork.Operations(node, 0, 0), Is.EqualTo(2.0 * 5 * 8 * 16).Within(1e-3));
    }

    // A layer of 8 to 16 on 5 rows has products of 5 · 8 · 16, and so has one of 16 to 8.
    [TestCase("LinearGrad", 2 * 2 * 5 * 8 * 16)]
    [TestCase("LinearWithoutBiasGradBf16", 2 * 2 * 5 * 8 * 16)]
    [TestCase("LinearCrossEntropy", 3 * 2 * 5 * 8 * 16)]
    [TestCase("LinearCrossEntropyWithoutBiasBf16", 3 * 2 * 5 * 8 * 16)]
    [TestCase("FrozenLinearCrossEntropyWithoutBias", 2 * 2 * 5 * 8 * 16)]
    [TestCase("FeedForwardGelu", 2 * 2 * 5 * 8 * 16)]
    [TestCase("FeedForwardGeluTanhBf16", 2 * 2 * 5 * 8 * 16)]
    [TestCase("FeedForwardGeluGrad", 4 * 2 * 5 * 8 * 16)]
    [TestCase("FeedForwardGeluTanhGradBf16", 4 * 2 * 5 * 8 * 16)]
    [TestCase("ResidualLinearGradBf16", 2 * 2 * 5 * 8 * 16)]
    [TestCase("ResidualFeedForwardGeluGrad", 4 * 2 * 5 * 8 * 16)]
    public void Operators_of_several_products_cost_all_of_them(string name, double expected)
    {
        bool isGradient = name.Contains("Grad");
        ProfiledNode node = name.Contains("LinearCrossEntropy", StringComparison.Ordinal)
            ? Node(name, [[5, 8], [16, 8], [5, 1], [5]], [])
            : name.Contains("Linear", StringComparison.Ordinal)
            ? Node(name, [[5, 16], [5, 8], [16, 8]], [5, 8])
            : Node(
                name, isGradient ? [[5, 8], [5, 8], [16, 8], [8, 16], [5, 16]] : [[5, 8], [16, 8], [16], [8, 16], [8]],
                [5, 8]);

        Assert.That(OperatorWork.IsProduct(node), Is.True);
        Assert.That(OperatorWork.Operations(node, 0, 0), Is.EqualTo(expected));
    }

    // Scores and weighted values: two products of [S, H] by [H, S] and [S, S] by [S, H], for lengths 3 and 4.
    [TestCase("PackedAttention", 2 * 2 * (9 + 16) * 8)]
    [TestCase("PackedAttentionGrad", 5 * 2 * (9 + 16) * 8)]
    [TestCase("PackedBiasedAttentionGrad", 5 * 2 * (9 + 16) * 8)]
    [TestCase("PackedAttentionBf16", 2 * 2 * (9 + 16) * 8)]
    [TestCase("PackedAttentionGradBf16", 5 * 2 * (9 + 16) * 8)]
    public void Attention_costs_the_squares_of_lengths(string name, double expected) =>
        Assert.That(
            OperatorWork.Operations(Node(name, [[7, 24], [3]], [7, 8]), squaredLengths: (3 * 3) + (4 * 4), width: 8),
            Is.EqualTo(expected));

    [TestCase("ColumnSum")]
    [TestCase("Gelu")]
    [TestCase("PackedLogSoftmax")]
    [TestCase("PackedCrossAttention")]
    [TestCase("PackedCrossAttentionGrad")]
    [TestCase("Add")]
    public void What_memory_bounds_has_no_rate(string name)
    {
        ProfiledNode node = Node(name, [[7, 24]], [7, 24]);

        Assert.That(OperatorWork.Operations(node, 25, 8), Is.Null);
        Assert.That(OperatorWork.IsProduct(node), Is.False);
    }

    [Test]
    public void Every_kernel_but_the_one_that_waits_belongs_to_a_part() =>
        Assert.That(
            KernelLibrary.Default.Definitions.Where(kernel => OperatorParts.Of(kernel.Name) == StepPart.OtherOperators)
                .Select(kernel => kernel.Name),
            Is.EqualTo(new[] { "After" }));

    [TestCase("LinearWeightGrad", "Products")]
    [TestCase("LinearInputGradBf16", "Products")]
    [TestCase("FeedForwardGeluTanhGradBf16", "Products")]
    [TestCase("PackedBiasedAttentionGradBf16", "Attention")]
    [TestCase("DropoutAddLayerNormGrad", "Norms")]
    [TestCase("ResidualLayerNormGrad", "Norms")]
    [TestCase("ResidualLinearWithoutBiasBf16", "Products")]
    [TestCase("DisentangledAttentionGrad", "Attention")]
    [TestCase("GatherGrad", "Embedding")]
    [TestCase("Transpose", "OtherOperators")]
    public void Operators_belong_to_parts_by_name(string name, string part) =>
        Assert.That(OperatorParts.Of(name).ToString(), Is.EqualTo(part));

    private static ProfiledNode Node(string name, long[][] inputs, long[] output) => new(
        name, name, 1e-3, [.. inputs.Select(shape => new ProfiledTensor(ElementType.Float, shape))],
        [new ProfiledTensor(ElementType.Float, output)]);
}
