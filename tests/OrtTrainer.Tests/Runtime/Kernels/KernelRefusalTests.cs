using OrtTrainer.Graph;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>A kernel reads memory by the shapes it is given: every one that does not fit is refused by name.</summary>
public sealed class KernelRefusalTests
{
    private static readonly KernelCase Size = new(4, 2, 3, 0.1f);

    [TestCase("LayerNorm", 0, new long[] { 24 }, "LayerNorm: x has shape [24]; expected two dimensions below 2^31.")]
    [TestCase("LayerNorm", 1, new long[] { 7 }, "LayerNorm: gamma has shape [7]; expected [6].")]
    [TestCase("LayerNorm", 2, new long[] { 1, 6 }, "LayerNorm: beta has shape [1, 6]; expected [6].")]
    [TestCase("LayerNormGrad", 0, new long[] { 2, 2, 6 },
        "LayerNormGrad: dy has shape [2, 2, 6]; expected two dimensions below 2^31.")]
    [TestCase("LayerNormGrad", 1, new long[] { 5, 6 }, "LayerNormGrad: x has shape [5, 6]; expected [4, 6].")]
    [TestCase("LayerNormGrad", 2, new long[] { 5 }, "LayerNormGrad: gamma has shape [5]; expected [6].")]
    [TestCase("LayerNormGrad", 3, new long[] { 3 }, "LayerNormGrad: mean has shape [3]; expected [4].")]
    [TestCase("LayerNormGrad", 4, new long[] { 4, 1 }, "LayerNormGrad: invstd has shape [4, 1]; expected [4].")]
    [TestCase("DropoutAddLayerNorm", 0, new long[] { }, "DropoutAddLayerNorm: x has shape []; expected two dimensions")]
    [TestCase("DropoutAddLayerNorm", 1, new long[] { 6, 4 },
        "DropoutAddLayerNorm: residual has shape [6, 4]; expected [4, 6].")]
    [TestCase("DropoutAddLayerNorm", 2, new long[] { 4 }, "DropoutAddLayerNorm: gamma has shape [4]; expected [6].")]
    [TestCase("DropoutAddLayerNorm", 3, new long[] { 0 }, "DropoutAddLayerNorm: beta has shape [0]; expected [6].")]
    [TestCase("DropoutAddLayerNorm", 4, new long[] { 3 }, "The dropout key has shape [3]; expected [2].")]
    [TestCase("ResidualLayerNormGrad", 5, new long[] { 4, 7 },
        "ResidualLayerNormGrad: r has shape [4, 7]; expected [4, 6].")]
    [TestCase("DropoutAddLayerNormGrad", 0, new long[] { 24 }, "DropoutAddLayerNormGrad: dy has shape [24]; expected")]
    [TestCase("DropoutAddLayerNormGrad", 1, new long[] { 4, 7 },
        "DropoutAddLayerNormGrad: z has shape [4, 7]; expected [4, 6].")]
    [TestCase("DropoutAddLayerNormGrad", 2, new long[] { 24 },
        "DropoutAddLayerNormGrad: gamma has shape [24]; expected [6].")]
    [TestCase("DropoutAddLayerNormGrad", 3, new long[] { 6 },
        "DropoutAddLayerNormGrad: mean has shape [6]; expected [4].")]
    [TestCase("DropoutAddLayerNormGrad", 4, new long[] { 5 },
        "DropoutAddLayerNormGrad: invstd has shape [5]; expected [4].")]
    [TestCase("DropoutAddLayerNormGrad", 5, new long[] { 1 }, "The dropout key has shape [1]; expected [2].")]
    [TestCase("EmbeddingNorm2", 1, new long[] { 12, 5 },
        "EmbeddingNorm2: table1 has shape [12, 5]; expected [12, 6].")]
    [TestCase("EmbeddingNorm2", 2, new long[] { 4, 1 }, "EmbeddingNorm2: ids0 has shape [4, 1]; expected [T].")]
    [TestCase("EmbeddingNorm2", 3, new long[] { 5 }, "EmbeddingNorm2: ids1 has shape [5]; expected [4].")]
    [TestCase("EmbeddingNorm2", 4, new long[] { 5 }, "EmbeddingNorm2: gamma has shape [5]; expected [6].")]
    [TestCase("EmbeddingNorm2", 0, new long[] { 4, 6 },
        "EmbeddingNorm2: ids0 is 4 at position 2, which is not a row of a table of 4.")]
    [TestCase("EmbeddingNormGrad", 1, new long[] { 5, 6 }, "EmbeddingNormGrad: z has shape [5, 6]; expected [4, 6].")]
    [TestCase("SoftmaxCrossEntropy", 1, new long[] { 4, 5 },
        "SoftmaxCrossEntropy: targets has shape [4, 5]; expected [4, 6].")]
    [TestCase("SoftmaxCrossEntropy", 2, new long[] { 1 }, "SoftmaxCrossEntropy: scale has shape [1]; expected [].")]
    [TestCase("SoftmaxCrossEntropyGrad", 0, new long[] { 4, 1 },
        "SoftmaxCrossEntropyGrad: dloss has shape [4, 1]; expected [4].")]
    [TestCase("SoftmaxCrossEntropyGrad", 5, new long[] { 5 },
        "SoftmaxCrossEntropyGrad: logsum has shape [5]; expected [4].")]
    [TestCase("IdCrossEntropy", 1, new long[] { 4 }, "IdCrossEntropy: ids has shape [4]; expected [4, 1].")]
    [TestCase("IdCrossEntropy", 0, new long[] { 4, 3 },
        "IdCrossEntropy: the id of row 2 is 4; expected 0 to 2.")]
    [TestCase("IdCrossEntropy", 4, new long[] { 2 }, "IdCrossEntropy: all has shape [2]; expected [].")]
    [TestCase("IdCrossEntropyGrad", 6, new long[] { 4, 6 },
        "IdCrossEntropyGrad: top has shape [4, 6]; expected [4].")]
    [TestCase("LinearCrossEntropy", 0, new long[] { 4, 5 },
        "LinearCrossEntropy: w has shape [13, 6]; expected [13, 5].")]
    [TestCase("LinearCrossEntropy", 2, new long[] { 12 }, "LinearCrossEntropy: b has shape [12]; expected [13].")]
    [TestCase("LinearCrossEntropy", 3, new long[] { 4 }, "LinearCrossEntropy: ids has shape [4]; expected [4, 1].")]
    [TestCase("LinearCrossEntropy", 4, new long[] { 5 }, "LinearCrossEntropy: weights has shape [5]; expected [4].")]
    [TestCase("LinearCrossEntropyWithoutBias", 1, new long[] { 2, 6 },
        "LinearCrossEntropyWithoutBias: the id of row 2 is 4; expected 0 to 1.")]
    [TestCase("LinearCrossEntropyWithoutBias", 6, new long[] { 1 },
        "LinearCrossEntropyWithoutBias: all has shape [1]; expected [].")]
    [TestCase("CachedAttention", 0, new long[] { 8, 9 }, "CachedAttention: qkv has shape [8, 9]; expected [8, 18].")]
    [TestCase("CachedAttention", 1, new long[] { 3 }, "CachedAttention: offsets has shape [3]; expected [5].")]
    [TestCase("CachedAttention", 2, new long[] { 3 }, "CachedAttention: cached has shape [3]; expected [4].")]
    [TestCase("CachedAttention", 3, new long[] { 4, 7, 6 },
        "CachedAttention: keys has shape [4, 7, 6]; expected [B, P, K, D] with K a divisor of 2 heads.")]
    [TestCase("CachedAttention", 3, new long[] { 4, 2, 2, 3 },
        "CachedAttention: values has shape [4, 7, 2, 3]; expected [4, 2, 2, 3].")]
    [TestCase("ColumnSum", 0, new long[] { 2, 3, 4 }, "ColumnSum: x has shape [2, 3, 4]; expected two dimensions")]
    [TestCase("GatherGrad", 0, new long[] { 24 }, "GatherGrad: dy has shape [24]; expected two dimensions below 2^31.")]
    [TestCase("GatherGrad", 1, new long[] { 5 }, "GatherGrad: indices has shape [5]; expected [4].")]
    [TestCase("GatherGrad", 2, new long[] { 3 }, "GatherGrad: shape has shape [3]; expected [2].")]
    [TestCase("GatherGrad", 2, new long[] { 2 },
        "GatherGrad: shape is [0, 0]; expected 0 or more rows of dy's 6 columns.")]
    [TestCase("GeluGrad", 0, new long[] { 6, 4 }, "GELU gradient: dy has shape [6, 4]; expected [4, 6].")]
    [TestCase("GeluTanhGrad", 1, new long[] { 24 }, "GELU gradient: dy has shape [4, 6]; expected [24].")]
    [TestCase("PackedAttention", 0, new long[] { 4, 20 },
        "PackedAttention: qkv has shape [4, 20]; expected a multiple of 6 heads as its columns.")]
    [TestCase("PackedAttention", 0, new long[] { 72 }, "PackedAttention: qkv has shape [72]; expected two dimensions")]
    [TestCase("PackedAttention", 1, new long[] { 2, 2 },
        "PackedAttention: offsets has shape [2, 2]; expected [sequences + 1].")]
    [TestCase("PackedAttention", 2, new long[] { 2, 1, 2 }, "The dropout key has shape [2, 1, 2]; expected [2].")]
    [TestCase("Rotary", 1, new long[] { 5 }, "Rotary: positions has shape [5]; expected [4].")]
    [TestCase("DisentangledAttention", 1, new long[] { 12, 6 },
        "DisentangledAttention: relative has shape [12, 6]; expected 2 x 6 columns.")]
    [TestCase("DisentangledAttention", 1, new long[] { 3, 12 },
        "DisentangledAttention: bucket 6 is 3; expected 0 to 2, a row of relative.")]
    [TestCase("DisentangledAttention", 2, new long[] { 18 },
        "DisentangledAttention: buckets has shape [18]; expected [2P - 1].")]
    [TestCase("DisentangledAttentionGrad", 0, new long[] { 4, 5 },
        "DisentangledAttentionGrad: dy has shape [4, 5]; expected [4, 6].")]
    [TestCase("DisentangledAttentionGrad", 4, new long[] { 4, 3 },
        "DisentangledAttentionGrad: lse has shape [4, 3]; expected [4, 2].")]
    [TestCase("PackedAttentionGrad", 0, new long[] { 4, 5 },
        "PackedAttentionGrad: dy has shape [4, 5]; expected [4, 6].")]
    [TestCase("PackedAttentionGrad", 1, new long[] { 5, 18 },
        "PackedAttentionGrad: the last offset is 4; expected the 5 rows of qkv.")]
    [TestCase("PackedAttentionGrad", 2, new long[] { 6, 4 },
        "PackedAttentionGrad: y has shape [6, 4]; expected [4, 6].")]
    [TestCase("PackedAttentionGrad", 3, new long[] { 4, 3 },
        "PackedAttentionGrad: lse has shape [4, 3]; expected [4, 2].")]
    [TestCase("PackedAttentionGrad", 4, new long[] { 0 },
        "PackedAttentionGrad: offsets has shape [0]; expected [sequences + 1].")]
    [TestCase("PackedAttentionGrad", 5, new long[] { 0 }, "The dropout key has shape [0]; expected [2].")]
    [TestCase("PackedBiasedAttention", 0, new long[] { 4, 20 },
        "PackedBiasedAttention: qkv has shape [4, 20]; expected a multiple of 6 heads as its columns.")]
    [TestCase("PackedBiasedAttention", 3, new long[] { 4, 2 },
        "PackedBiasedAttention: relative has shape [4, 2]; expected [D, 2] with D odd.")]
    [TestCase("PackedBiasedAttention", 3, new long[] { 7, 1 },
        "PackedBiasedAttention: relative has shape [7, 1]; expected [D, 2] with D odd.")]
    [TestCase("PackedBiasedAttention", 3, new long[] { 14 },
        "PackedBiasedAttention: relative has shape [14]; expected two dimensions")]
    [TestCase("PackedBiasedAttentionGrad", 3, new long[] { 4, 3 },
        "PackedBiasedAttentionGrad: lse has shape [4, 3]; expected [4, 2].")]
    [TestCase("PackedBiasedAttentionGrad", 6, new long[] { 8, 2 },
        "PackedBiasedAttentionGrad: relative has shape [8, 2]; expected [D, 2] with D odd.")]
    [TestCase("PackedCrossAttention", 0, new long[] { 3, 6 },
        "PackedCrossAttention: the last offset is 4; expected the 3 rows of q.")]
    [TestCase("PackedCrossAttention", 0, new long[] { 4, 5 },
        "PackedCrossAttention: q has shape [4, 5]; expected [4, 6].")]
    [TestCase("PackedCrossAttention", 1, new long[] { 4, 18 },
        "PackedCrossAttention: kv has shape [4, 18]; expected a multiple of 4 heads as its columns.")]
    [TestCase("PackedCrossAttention", 1, new long[] { 5, 12 },
        "PackedCrossAttention: the last offset is 4; expected the 5 rows of kv.")]
    [TestCase("PackedCrossAttention", 2, new long[] { 2, 2 },
        "PackedCrossAttention: offsets has shape [2, 2]; expected [sequences + 1].")]
    [TestCase("PackedCrossAttention", 4, new long[] { 3 }, "The dropout key has shape [3]; expected [2].")]
    [TestCase("PackedCrossAttentionGrad", 0, new long[] { 4, 5 },
        "PackedCrossAttentionGrad: dy has shape [4, 5]; expected [4, 6].")]
    [TestCase("PackedCrossAttentionGrad", 3, new long[] { 6, 4 },
        "PackedCrossAttentionGrad: y has shape [6, 4]; expected [4, 6].")]
    [TestCase("PackedCrossAttentionGrad", 4, new long[] { 4, 3 },
        "PackedCrossAttentionGrad: lse has shape [4, 3]; expected [4, 2].")]
    [TestCase("PackedLogSoftmax", 0, new long[] { 24 }, "PackedLogSoftmax: x has shape [24]; expected two dimensions")]
    [TestCase("PackedLogSoftmax", 0, new long[] { 5, 6 },
        "PackedLogSoftmax: the last offset is 4; expected the 5 rows of x.")]
    [TestCase("PackedLogSoftmax", 1, new long[] { 2, 2 },
        "PackedLogSoftmax: offsets has shape [2, 2]; expected [sequences + 1].")]
    [TestCase("PackedLogSoftmaxGrad", 0, new long[] { 3, 6 },
        "PackedLogSoftmaxGrad: y has shape [4, 6]; expected [3, 6].")]
    [TestCase("PackedLogSoftmaxGrad", 2, new long[] { 0 },
        "PackedLogSoftmaxGrad: offsets has shape [0]; expected [sequences + 1].")]
    public void A_shape_that_does_not_fit_is_named(string op, int input, long[] shape, string message) =>
        Assert.That(
            () => Size.Run(op).Reshaped(input, shape).Outputs(KernelCase.Outputs[op]), Expect.Refusal(message));

    [TestCase("Linear", 1, new long[] { 13, 5 }, "Linear: w has shape [13, 5]; expected [13, 6].")]
    [TestCase("Linear", 2, new long[] { 12 }, "Linear: b has shape [12]; expected [13].")]
    [TestCase("LinearInputGrad", 1, new long[] { 12, 6 },
        "LinearInputGrad: w has shape [12, 6]; expected [13, 6].")]
    [TestCase("ResidualLinear", 3, new long[] { 4, 12 }, "ResidualLinear: r has shape [4, 12]; expected [4, 13].")]
    [TestCase("ResidualLinearGrad", 3, new long[] { 24 }, "ResidualLinearGrad: r has shape [24]; expected [4, 6].")]
    [TestCase("ResidualFeedForwardGeluGrad", 5, new long[] { 5, 6 },
        "ResidualFeedForwardGeluGrad: r has shape [5, 6]; expected [4, 6].")]
    [TestCase("LinearWeightGrad", 1, new long[] { 5, 6 }, "LinearWeightGrad: x has shape [5, 6]; expected [4, 6].")]
    public void A_shape_that_does_not_fit_a_linear_layer_is_named(
        string op, int input, long[] shape, string message)
    {
        Precisions.RequireLinear(Precision.Fp32);
        A_shape_that_does_not_fit_is_named(op, input, shape, message);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(65_537)]
    public void A_number_of_heads_beyond_reason_refuses_the_model(int heads) =>
        Assert.That(
            () => Attention(("heads", heads), ("scale", 1f), ("mask", 0), ("window", -1), ("p", 0f), ("site", 0)),
            Expect.Refusal($"PackedAttention: heads is {heads}; expected 1 to 65536."));

    [TestCase(2)]
    [TestCase(-1)]
    public void A_mask_that_is_not_built_refuses_the_model(int mask) =>
        Assert.That(
            () => Attention(("heads", 1), ("scale", 1f), ("mask", mask), ("window", -1), ("p", 0f), ("site", 0)),
            Expect.Refusal($"PackedAttention: mask is {mask}; expected 0 (bidirectional) or 1 (causal)."));

    [Test]
    public void A_window_that_is_none_refuses_the_model() =>
        Assert.That(
            () => Attention(("heads", 1), ("scale", 1f), ("mask", 0), ("window", -2), ("p", 0f), ("site", 0)),
            Expect.Refusal("PackedAttention: window is -2; expected -1 (none) to 2147483647."));

    [Test]
    public void Queries_of_more_sequences_than_there_are_of_keys_are_refused() =>
        Assert.That(
            () => new KernelRun("PackedCrossAttention", ("heads", 1), ("scale", 1f), ("p", 0f), ("site", 0))
                .With(new float[2], 2, 1).With(new float[4], 2, 2).With([0L, 1, 2], 3).With([0L, 2], 2)
                .With([0L, 0], 2).Outputs(2),
            Expect.Refusal("PackedCrossAttention: there are 2 sequences of queries; expected the 1 of keys."));

    [TestCase(0, 1f, "Rotary: heads is 0; expected 1 to 65536.")]
    [TestCase(1, 0.5f, "Rotary: direction is 0.5; expected 1 or -1.")]
    [TestCase(3, 1f, "Rotary: frequencies has shape [1]; expected [D / 2] with 3 heads of D columns among the 4 of x.")]
    public void Rotary_positions_that_do_not_fit_are_refused(int heads, float direction, string message) =>
        Assert.That(
            () => new KernelRun("Rotary", ("heads", heads), ("direction", direction)).With(new float[4], 1, 4)
                .With([0L], 1).With(new float[1], 1).Single(),
            Expect.Refusal(message));

    [Test]
    public void A_missing_attribute_is_named_with_its_type()
    {
        Assert.That(() => Attention(("scale", 1f), ("p", 0f), ("site", 0)),
            Expect.Refusal("PackedAttention: a node PackedAttention lacks its int attribute heads."));
        Assert.That(() => Attention(("heads", 1), ("p", 0f), ("site", 0)),
            Expect.Refusal("PackedAttention: a node PackedAttention lacks its float attribute scale."));
        Assert.That(() => Attention(("heads", 1), ("scale", 1), ("p", 0f), ("site", 0)),
            Expect.Refusal("lacks its float attribute scale."), "an int where a float is expected");
        Assert.That(() => Attention(("heads", 1), ("scale", 1f), ("p", 0f), ("site", 0)),
            Expect.Refusal("lacks its int attribute mask."));
        Assert.That(() => Attention(("heads", 1), ("scale", 1f), ("mask", 0), ("window", -1), ("p", 0.5f)),
            Expect.Refusal("lacks its int attribute site."));
        Assert.That(() => new KernelRun("LayerNorm").With(new float[2], 1, 2).With(new float[2], 2)
            .With(new float[2], 2).Outputs(3), Expect.Refusal("LayerNorm: a node LayerNorm lacks its float attribute"));
    }

    [TestCase(-1L)]
    [TestCase(4_294_967_296L)]
    public void A_word_of_the_key_beyond_32_bits_is_refused(long word) =>
        Assert.That(
            () => new KernelRun("Dropout", ("p", 0.5f), ("site", 0)).With([1f], 1).With([0L, word], 2).Single(),
            Expect.Refusal($"A word of the dropout key is {word}; expected 0 to 4294967295."));

    [Test]
    public void A_table_of_negative_length_is_refused() =>
        Assert.That(
            () => new KernelRun("GatherGrad")
                .With(Array.Empty<float>(), 0, 2).With(Array.Empty<long>(), 0).With([-1L, 2], 2).Single(),
            Expect.Refusal("GatherGrad: shape is [-1, 2]; expected 0 or more rows of dy's 2 columns."));

    [Test]
    public void A_session_goes_on_after_a_refused_run()
    {
        KernelRun run = Size.Run("GatherGrad");
        float[] expected = run.Single();
        using OpenKernel kernel = run.Open(1);

        kernel.Set(1, [0, 1, 99, 2]);
        Assert.That(kernel.Run, Expect.Refusal("index 99 at position 2 is not a row of a table of 12"));
        kernel.Set(1, run.Inputs[1].Int64s!);

        Assert.That(kernel.Run()[0], Is.EqualTo(expected));
    }

    private static float[][] Attention(params (string Name, object Value)[] attributes) =>
        new KernelRun("PackedAttention", attributes)
            .With(new float[3], 1, 3).With([0L, 1], 2).With([0L, 0], 2).Outputs(2);
}
