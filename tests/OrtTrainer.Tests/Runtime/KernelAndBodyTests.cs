using System.Runtime.Intrinsics.X86;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Operators;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Tests.Runtime.Kernels;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Runtime;

/// <summary>
/// Each kernel against the function body of its operator: one model, run by the kernel and by ONNX Runtime's own
/// operators.
/// </summary>
public sealed class KernelAndBodyTests
{
    private const int N = 37, H = 24, Heads = 3, Distances = 21, Wide = 41, Inner = 64;
    private static readonly long[] Key = [2_718_281_828, 3_141_592_653];
    private static readonly long[] Offsets = [0, 1, 18, 37];
    private static readonly float[] X = Reference.Random(1, N * H), Dy = Reference.Random(2, N * H);
    private static readonly long[] ClassIds = [.. Enumerable.Range(0, N).Select(t => (long)(t * t % H))];
    private static readonly float[] Gamma = Reference.Random(3, H), Beta = Reference.Random(4, H);
    private static readonly float[] Mean = Reference.Random(5, N, 0.1);
    private static readonly float[] Invstd = [.. Reference.Random(6, N).Select(Math.Abs)];
    private static readonly float[] Relative = Reference.Random(8, Distances * Heads);
    private static readonly float[] Qkv = Reference.Random(7, N * 3 * H);

    // One head of keys and of values for all of queries.
    private const int SharedRow = H + (2 * H / Heads);
    private static readonly float[] SharedQkv = Reference.Random(7, N * SharedRow);
    private static readonly float[] Weight = Reference.Random(9, Wide * H), Bias = Reference.Random(10, Wide);
    private static readonly float[] InnerWeight = Reference.Random(12, Inner * H, 0.2);
    private static readonly float[] OuterWeight = Reference.Random(13, Wide * Inner, 0.2);
    private static readonly float[] WideDy = Reference.Random(11, N * Wide);

    private static readonly Dictionary<string, Func<float, KernelRun>> Runs = Precisions.OfProcessors
        .SelectMany(precision => OfProducts(Operands.Suffix(precision))).Concat(OfOnePrecision()).ToDictionary();

    private static Dictionary<string, Func<float, KernelRun>> OfOnePrecision() => new()
    {
        ["After"] = _ => new KernelRun("After").With(X, N, H).With(Gamma, H),
        ["Dropout"] = p => Dropping("Dropout", p).With(X, N, H).With(Key, 2),
        ["Gelu"] = _ => new KernelRun("Gelu").With(X, N, H),
        ["GeluGrad"] = _ => new KernelRun("GeluGrad").With(Dy, N, H).With(X, N, H),
        ["GeluTanh"] = _ => new KernelRun("GeluTanh").With(X, N, H),
        ["GeluTanhGrad"] = _ => new KernelRun("GeluTanhGrad").With(Dy, N, H).With(X, N, H),
        ["RmsNorm"] = _ => new KernelRun("RmsNorm", ("epsilon", 1e-5f)).With(X, N, H).With(Gamma, H),
        ["RmsNormGrad"] = _ =>
            new KernelRun("RmsNormGrad").With(Dy, N, H).With(X, N, H).With(Gamma, H).With(Invstd, N),
        ["LayerNorm"] = _ => new KernelRun("LayerNorm", ("epsilon", 1e-5f)).With(X, N, H).With(Gamma, H).With(Beta, H),
        ["LayerNormGrad"] = _ =>
            new KernelRun("LayerNormGrad").With(Dy, N, H).With(X, N, H).With(Gamma, H).With(Mean, N).With(Invstd, N),
        ["DropoutAddLayerNorm"] = p => Dropping("DropoutAddLayerNorm", p, ("epsilon", 1e-5f))
            .With(X, N, H).With(Dy, N, H).With(Gamma, H).With(Beta, H).With(Key, 2),
        ["DropoutAddLayerNormGrad"] = p => Dropping("DropoutAddLayerNormGrad", p)
            .With(Dy, N, H).With(X, N, H).With(Gamma, H).With(Mean, N).With(Invstd, N).With(Key, 2),
        ["EmbeddingNorm1"] = p => Embedding(1, p),
        ["EmbeddingNorm2"] = p => Embedding(2, p),
        ["EmbeddingNorm3"] = p => Embedding(3, p),
        ["EmbeddingNorm4"] = p => Embedding(4, p),
        ["EmbeddingNormGrad"] = p => Dropping("EmbeddingNormGrad", p)
            .With(Dy, N, H).With(X, N, H).With(Gamma, H).With(Mean, N).With(Invstd, N).With(Key, 2),
        ["ColumnSum"] = _ => new KernelRun("ColumnSum").With(X, N, H),
        ["GatherGrad"] = _ => new KernelRun("GatherGrad")
            .With(Dy, N, H).With([.. Enumerable.Range(0, N).Select(t => (long)(t * t % 11))], N).With([12L, H], 2),
        ["PackedCrossAttention"] = p => Crossing(p, [0, 5, 5, 17, 18], [0, 1, 18, 37, 37]),
        ["PackedCrossAttentionGrad"] = p => CrossingGrad(p, [0, 5, 5, 17, 18], [0, 1, 18, 37, 37]),
        ["PackedLogSoftmax"] = _ => new KernelRun("PackedLogSoftmax").With(X, N, H).With(Offsets, 4),
        ["PackedLogSoftmaxGrad"] = _ => new KernelRun("PackedLogSoftmaxGrad")
            .With(Dy, N, H).With(Runs!["PackedLogSoftmax"](0).Single(), N, H).With(Offsets, 4),
        ["SoftmaxCrossEntropy"] = _ => new KernelRun("SoftmaxCrossEntropy").With(X, N, H).With(Dy, N, H).With([1.5f]),
        ["SoftmaxCrossEntropyGrad"] = _ =>
        {
            float[][] forward = Runs!["SoftmaxCrossEntropy"](0).Outputs(3);
            return new KernelRun("SoftmaxCrossEntropyGrad").With(Invstd, N).With(X, N, H).With(Dy, N, H).With([1.5f])
                .With(forward[1], N).With(forward[2], N);
        },
        ["IdCrossEntropy"] = _ => new KernelRun("IdCrossEntropy")
            .With(X, N, H).With(ClassIds, N, 1).With([0.7f]).With([0.8f]).With([0.01f]),
        ["IdCrossEntropyGrad"] = _ =>
        {
            float[][] forward = Runs!["IdCrossEntropy"](0).Outputs(3);
            return new KernelRun("IdCrossEntropyGrad").With(Invstd, N).With(X, N, H).With(ClassIds, N, 1)
                .With([0.7f]).With([0.8f]).With([0.01f]).With(forward[1], N).With(forward[2], N);
        },
        ["DisentangledAttention"] = p => Disentangled(p, Offsets, Buckets(12, 5)),
        ["DisentangledAttentionGrad"] = p => DisentangledGrad(p, Offsets, Buckets(12, 5)),
        ["CachedAttention"] = p => new KernelRun(
                "CachedAttention", ("heads", Heads), ("scale", 0.7f), ("window", p > 0 ? 5 : -1))
            .With(Reference.Random(7, N * 5 * 8), N, 5 * 8).With(Offsets, 4).With([4L, 0, 2], 3)
            .With(Reference.Random(14, 3 * 24 * 8), 3, 24, 1, 8).With(Reference.Random(15, 3 * 24 * 8), 3, 24, 1, 8),
        ["Rotary"] = _ => new KernelRun("Rotary", ("heads", 2), ("direction", -1f)).With(X, N, H)
            .With([.. Enumerable.Range(0, N).Select(t => (long)(t % 18))], N).With([1f, 0.3f, 0.01f, 2e-4f], 4),
    };

    private static Dictionary<string, Func<float, KernelRun>> OfProducts(string suffix) => new()
    {
        ["Linear" + suffix] = _ => new KernelRun("Linear" + suffix)
            .With(X, N, H).With(Weight, Wide, H).With(Bias, Wide),
        ["LinearWithoutBias" + suffix] = _ => new KernelRun("LinearWithoutBias" + suffix)
            .With(X, N, H).With(Weight, Wide, H),
        ["LinearInputGrad" + suffix] = _ => new KernelRun("LinearInputGrad" + suffix)
            .With(WideDy, N, Wide).With(Weight, Wide, H),
        ["LinearWeightGrad" + suffix] = _ => new KernelRun("LinearWeightGrad" + suffix)
            .With(WideDy, N, Wide).With(X, N, H),
        ["LinearGrad" + suffix] = _ => new KernelRun("LinearGrad" + suffix)
            .With(WideDy, N, Wide).With(X, N, H).With(Weight, Wide, H),
        ["LinearWithoutBiasGrad" + suffix] = _ => new KernelRun("LinearWithoutBiasGrad" + suffix)
            .With(WideDy, N, Wide).With(X, N, H).With(Weight, Wide, H),
        ["LinearCrossEntropy" + suffix] = _ => Targeted(new KernelRun("LinearCrossEntropy" + suffix)
            .With(X, N, H).With(Weight, Wide, H).With(Bias, Wide)),
        ["LinearCrossEntropyWithoutBias" + suffix] = _ => Targeted(
            new KernelRun("LinearCrossEntropyWithoutBias" + suffix).With(X, N, H).With(Weight, Wide, H)),
        ["FrozenLinearCrossEntropy" + suffix] = _ => Targeted(new KernelRun("FrozenLinearCrossEntropy" + suffix)
            .With(X, N, H).With(Weight, Wide, H).With(Bias, Wide)),
        ["FrozenLinearCrossEntropyWithoutBias" + suffix] = _ => Targeted(
            new KernelRun("FrozenLinearCrossEntropyWithoutBias" + suffix).With(X, N, H).With(Weight, Wide, H)),
        ["FeedForwardGelu" + suffix] = _ => Feeding("FeedForwardGelu" + suffix),
        ["FeedForwardGeluTanh" + suffix] = _ => Feeding("FeedForwardGeluTanh" + suffix),
        ["FeedForwardGeluGrad" + suffix] = _ => FeedingGrad("FeedForwardGelu", suffix),
        ["FeedForwardGeluTanhGrad" + suffix] = _ => FeedingGrad("FeedForwardGeluTanh", suffix),
        ["FeedForwardGluGelu" + suffix] = _ => Gating("FeedForwardGluGelu" + suffix, N, H, Inner, Wide),
        ["FeedForwardGluGeluTanh" + suffix] = _ => Gating("FeedForwardGluGeluTanh" + suffix, N, H, Inner, Wide),
        ["FeedForwardGluSilu" + suffix] = _ => Gating("FeedForwardGluSilu" + suffix, N, H, Inner, Wide),
        ["FeedForwardGluGeluGrad" + suffix] = _ => GatingGrad("FeedForwardGluGelu", suffix, N, H, Inner, Wide),
        ["FeedForwardGluGeluTanhGrad" + suffix] = _ => GatingGrad("FeedForwardGluGeluTanh", suffix, N, H, Inner, Wide),
        ["FeedForwardGluSiluGrad" + suffix] = _ => GatingGrad("FeedForwardGluSilu", suffix, N, H, Inner, Wide),
        ["PackedAttention" + suffix] = p => Attending("PackedAttention" + suffix, p)
            .With(Qkv, N, 3 * H).With(Offsets, 4).With(Key, 2),
        ["PackedAttentionGrad" + suffix] = p =>
        {
            float[][] forward = Runs!["PackedAttention" + suffix](p).Outputs(2);
            return Attending("PackedAttentionGrad" + suffix, p).With(Dy, N, H).With(Qkv, N, 3 * H)
                .With(forward[0], N, H).With(forward[1], N, Heads).With(Offsets, 4).With(Key, 2);
        },
        ["PackedSharedAttention" + suffix] = p => Sharing("PackedSharedAttention" + suffix, p)
            .With(SharedQkv, N, SharedRow).With(Offsets, 4).With(Key, 2),
        ["PackedSharedAttentionGrad" + suffix] = p =>
        {
            float[][] forward = Runs!["PackedSharedAttention" + suffix](p).Outputs(2);
            return Sharing("PackedSharedAttentionGrad" + suffix, p).With(Dy, N, H).With(SharedQkv, N, SharedRow)
                .With(forward[0], N, H).With(forward[1], N, Heads).With(Offsets, 4).With(Key, 2);
        },
        ["PackedBiasedAttention" + suffix] = p => Attending("PackedBiasedAttention" + suffix, p)
            .With(Qkv, N, 3 * H).With(Offsets, 4).With(Key, 2).With(Relative, Distances, Heads),
        ["PackedBiasedAttentionGrad" + suffix] = p =>
        {
            float[][] forward = Runs!["PackedBiasedAttention" + suffix](p).Outputs(2);
            return Attending("PackedBiasedAttentionGrad" + suffix, p).With(Dy, N, H).With(Qkv, N, 3 * H)
                .With(forward[0], N, H).With(forward[1], N, Heads).With(Offsets, 4).With(Key, 2)
                .With(Relative, Distances, Heads);
        },
    };

    private static IEnumerable<string> Kernels => KernelLibrary.Default.Definitions.Select(d => d.Name);

    [Test]
    public void Every_fused_operator_has_a_kernel_and_every_kernel_a_body() => Assert.That(
        Kernels,
        Is.EquivalentTo(OperatorSet.All.OfType<FusedOperator>().Select(op => op.Type).Where(HasKernelHere)));

    [TestCaseSource(nameof(Kernels))]
    public void A_kernel_takes_and_gives_what_its_body_does(string op)
    {
        FunctionDefinition body = FunctionLibrary.All.Single(f => f.Name == op);
        KernelDefinition kernel = KernelLibrary.Default.Definitions.Single(d => d.Name == op);

        Assert.That(kernel.InputTypes, Has.Count.EqualTo(body.Inputs.Count));
        Assert.That(kernel.OutputCount, Is.EqualTo(body.Outputs.Count));
    }

    [Test]
    public void A_kernel_computes_what_its_body_does(
        [ValueSource(nameof(Kernels))] string op, [Values(0f, 0.1f, 0.5f)] float p)
    {
        int outputs = FunctionLibrary.All.Single(f => f.Name == op).Outputs.Count;
        KernelRun run = RunOf(op, p);

        float[][] kernel = run.Outputs(outputs), body = run.OutputsOfBody(outputs);

        for (int i = 0; i < outputs; i++)
        {
            Expect.Close(kernel[i], [.. body[i]], ToleranceOf(op), $"output {i} of {op}");
        }
    }

    // Products of bfloat16 sum the same rounded operands in both, but a sum that lies between two numbers of 8 bits may
    // become either where it is rounded again, as the inner values of a feed-forward operator are. And attention rounds
    // queries before or after they are scaled, and weights before or after they are divided by their sum: two roundings
    // to 8 bits, 2^-9 each, of which the scores add up a few, and the gradient again as much.
    private static double ToleranceOf(string op) => !op.EndsWith("Bf16", StringComparison.Ordinal) ? 3e-6
        : op.Contains("FeedForward", StringComparison.Ordinal) ? 1.0 / 256
        : !op.Contains("Attention", StringComparison.Ordinal) ? 3e-6
        : op.Contains("Grad", StringComparison.Ordinal) ? 1.0 / 64
        : 1.0 / 128;

    private static bool HasKernelHere(string op) =>
        !Precisions.IsOfDevices(op)
            && (op.EndsWith("Bf16", StringComparison.Ordinal) ? ProductKernels.BFloat16IsSupported
                : !IsOfLayers(op) || Avx512F.IsSupported);

    private static bool IsOfLayers(string op) => KernelCase.Plain(op).StartsWith("Linear", StringComparison.Ordinal)
        || KernelCase.Plain(op).StartsWith("FeedForward", StringComparison.Ordinal);

    private static KernelRun RunOf(string op, float p)
    {
        string plain = KernelCase.Plain(op);
        if (plain == op)
        {
            return Runs[op](p);
        }

        // The gradient of an input has the width H, and what layers give has the other.
        int columns = plain.Contains("Grad", StringComparison.Ordinal) ? H : Wide;
        return Runs[plain](p).As(op).With(Reference.Random(14, N * columns), N, columns);
    }

    // Rows about tiles and pairs; depths of one chunk and of several, of which a panel's sums are kept until the last.
    [Test]
    public void A_gated_feed_forward_operator_computes_what_its_body_does(
        [ProcessorPrecisions] Precision precision, [Values] GateActivation activation,
        [Values(1, 2, 11, 12, 13, 145)] int rows)
    {
        (string stem, string suffix) = ($"FeedForwardGlu{activation}", Operands.Suffix(precision));
        if (!Kernels.Contains(stem + suffix))
        {
            Assert.Ignore("This processor has no kernels of linear layers in this precision.");
        }

        foreach ((int k, int n, int m) in new[] { (1, 32, 1), (33, 64, 47), (400, 32, 401), (47, 288, 33) })
        {
            KernelRun forward = Gating(stem + suffix, rows, k, n, m);
            KernelRun backward = GatingGrad(stem, suffix, rows, k, n, m);
            float[][] y = forward.Outputs(2), bodyY = forward.OutputsOfBody(2);
            float[][] gradients = backward.Outputs(3), bodyGradients = backward.OutputsOfBody(3);

            for (int i = 0; i < 2; i++)
            {
                Expect.Close(y[i], [.. bodyY[i]], ToleranceOf(stem + suffix), $"output {i} of [{k}, {n}, {m}]");
            }

            for (int i = 0; i < 3; i++)
            {
                Expect.Close(
                    gradients[i], [.. bodyGradients[i]], ToleranceOf(stem + suffix),
                    $"gradient {i} of [{k}, {n}, {m}]");
            }
        }
    }

    // Lengths about a vector, a tile and a block of queries, and none at all.
    [Test]
    public void Attention_to_some_computes_what_its_body_does(
        [ProcessorPrecisions] Precision precision, [Values("1 16 33", "7 7 72 137", "129 192")] string ends,
        [Values(0f, 0.3f)] float p, [Values(0, 1)] int mask, [Values(-1, 3, 40)] int window) =>
        AttendsAsBody(precision, ends, p, mask, window);

    [Test]
    public void Attention_to_more_than_1024_tokens_computes_what_its_body_does(
        [ProcessorPrecisions] Precision precision, [Values(-1, 1030)] int window) =>
        AttendsAsBody(precision, "5 1115", p: 0.3f, mask: 0, window);

    // Lengths about a vector, a panel and a block of queries; distances that share rows and that have their own.
    [TestCase(0f, new long[] { 0, 1, 16, 33 }, 4, 20)]
    [TestCase(0.3f, new long[] { 0, 7, 7, 72, 137 }, 65, 70)]
    [TestCase(0.1f, new long[] { 0, 129, 192 }, 33, 300)]
    [TestCase(0f, new long[] { 0, 130, 140, 145 }, 140, 140)]
    [TestCase(0.3f, new long[] { 0, 3, 1044 }, 4, 20)]
    [TestCase(0f, new long[] { 0 }, 3, 4)]
    public void Disentangled_attention_computes_what_its_body_does(float p, long[] offsets, int span, int positions)
    {
        long[] buckets = Buckets(positions, span);
        KernelRun forward = Disentangled(p, offsets, buckets), backward = DisentangledGrad(p, offsets, buckets);
        float[][] y = forward.Outputs(2), bodyY = offsets.Length > 1 ? forward.OutputsOfBody(2) : [[], []];
        float[][] gradients = backward.Outputs(2);
        float[][] bodyGradients = offsets.Length > 1
            ? backward.OutputsOfBody(2)
            : [[], new float[gradients[1].Length]];

        Expect.Close(y[0], [.. bodyY[0]], 3e-6, "y");
        Expect.Close(y[1], [.. bodyY[1]], 3e-6, "lse");
        Expect.Close(gradients[0], [.. bodyGradients[0]], 5e-6, "dqkv");
        Expect.Close(gradients[1], [.. bodyGradients[1]], 5e-6, "drelative");
        Expect.SameBits(forward, 2);
        Expect.SameBits(backward, 2);
    }

    // One query per sequence, as many as keys, none of either, and more than 1024 keys.
    [TestCase(0f, new long[] { 0, 1, 2, 3, 4 }, new long[] { 0, 1, 17, 18, 150 })]
    [TestCase(0.3f, new long[] { 0, 1, 2, 3, 4 }, new long[] { 0, 1, 17, 18, 150 })]
    [TestCase(0.3f, new long[] { 0, 33, 33, 40 }, new long[] { 0, 33, 47, 47 })]
    [TestCase(0.3f, new long[] { 0, 1, 3 }, new long[] { 0, 1050, 2100 })]
    public void Attention_to_others_computes_what_its_body_does(float p, long[] queryOffsets, long[] offsets)
    {
        KernelRun forward = Crossing(p, queryOffsets, offsets), backward = CrossingGrad(p, queryOffsets, offsets);
        float[][] y = forward.Outputs(2), bodyY = forward.OutputsOfBody(2);
        float[][] gradients = backward.Outputs(2), bodyGradients = backward.OutputsOfBody(2);

        Expect.Close(y[0], [.. bodyY[0]], 3e-6, "y");
        Expect.Close(y[1], [.. bodyY[1]], 3e-6, "lse");
        Expect.Close(gradients[0], [.. bodyGradients[0]], 3e-6, "dq");
        Expect.Close(gradients[1], [.. bodyGradients[1]], 3e-6, "dkv");
    }

    [TestCase(0)]
    [TestCase(77)]
    [TestCase(int.MaxValue)]
    public void Kernel_and_body_drop_the_same_elements(int site)
    {
        foreach (float p in new[] { 1e-9f, 0.1f, 0.3f, 0.999f })
        {
            foreach (long[] key in new long[][] { [0, 0], [uint.MaxValue, uint.MaxValue], Key })
            {
                float[] ones = [.. Enumerable.Repeat(1f, 5000)];
                KernelRun run = new KernelRun("Dropout", ("p", p), ("site", site)).With(ones, 5000).With(key, 2);

                float[] kernel = run.Single(), body = run.OutputsOfBody(1)[0];

                Assert.That(kernel, Is.EqualTo(body).Within(1).Ulps);
                Assert.That(kernel.Select(v => v == 0), Is.EqualTo(body.Select(v => v == 0)));
            }
        }
    }

    private static void AttendsAsBody(Precision precision, string ends, float p, int mask, int window)
    {
        Precisions.Require(precision);
        string forwardName = "PackedAttention" + Operands.Suffix(precision);
        string backwardName = "PackedAttentionGrad" + Operands.Suffix(precision);
        (double tolerance, double gradientTolerance) = (ToleranceOf(forwardName), ToleranceOf(backwardName));
        long[] offsets = [0, .. ends.Split(' ').Select(long.Parse)];
        int tokens = (int)offsets[^1];
        float[] qkv = Reference.Random(1, tokens * 3 * H), dy = Reference.Random(2, tokens * H);
        float scale = (float)(1 / Math.Sqrt((double)H / Heads));
        (string, object)[] attributes =
            [("heads", Heads), ("mask", mask), ("window", window), ("scale", scale)];
        KernelRun forward = Dropping(forwardName, p, attributes)
            .With(qkv, tokens, 3 * H).With(offsets, offsets.Length).With(Key, 2);
        float[][] y = forward.Outputs(2), bodyY = forward.OutputsOfBody(2);
        KernelRun backward = Dropping(backwardName, p, attributes).With(dy, tokens, H).With(qkv, tokens, 3 * H)
            .With(y[0], tokens, H).With(y[1], tokens, Heads).With(offsets, offsets.Length).With(Key, 2);

        Expect.Close(y[0], [.. bodyY[0]], tolerance, "y");
        Expect.Close(y[1], [.. bodyY[1]], tolerance, "lse");
        Expect.Close(backward.Single(), [.. backward.OutputsOfBody(1)[0]], gradientTolerance, "dqkv");
    }

    private static KernelRun Embedding(int tables, float p)
    {
        KernelRun run = Dropping($"EmbeddingNorm{tables}", p, ("epsilon", 1e-5f));
        for (int i = 0; i < tables; i++)
        {
            run.With(Reference.Random(20 + i, (11 + i) * H), 11 + i, H);
        }

        for (int i = 0; i < tables; i++)
        {
            run.With([.. Enumerable.Range(i, N).Select(t => (long)(t * t % 11))], N);
        }

        return run.With(Gamma, H).With(Beta, H).With(Key, 2);
    }

    private static KernelRun Gating(string op, int rows, int k, int n, int m) => new KernelRun(op)
        .With(Reference.Random(1, rows * k), rows, k)
        .With(Reference.Random(12, 2 * n * k, 1 / Math.Sqrt(k)), 2 * n, k)
        .With(Reference.Random(13, m * n, 1 / Math.Sqrt(n)), m, n);

    private static KernelRun GatingGrad(string forward, string suffix, int rows, int k, int n, int m)
    {
        KernelRun run = Gating(forward + suffix, rows, k, n, m);
        return new KernelRun($"{forward}Grad{suffix}")
            .With(Reference.Random(2, rows * m, 1 / Math.Sqrt(m)), rows, m).With(run.Inputs[0].Floats!, rows, k)
            .With(run.Inputs[1].Floats!, 2 * n, k).With(run.Inputs[2].Floats!, m, n)
            .With(run.Outputs(2)[1], rows, 2 * n);
    }

    private static KernelRun Feeding(string op) => new KernelRun(op).With(X, N, H).With(InnerWeight, Inner, H)
        .With(Reference.Random(14, Inner), Inner).With(OuterWeight, Wide, Inner).With(Bias, Wide);

    private static KernelRun FeedingGrad(string forward, string suffix) => new KernelRun($"{forward}Grad{suffix}")
        .With(WideDy, N, Wide).With(X, N, H).With(InnerWeight, Inner, H).With(OuterWeight, Wide, Inner)
        .With(Feeding(forward + suffix).Outputs(2)[1], N, Inner);

    private static KernelRun Targeted(KernelRun run) =>
        run.With(ClassIds, N, 1).With(Invstd, N).With([0.7f]).With([0.8f]).With([0.01f]);

    private static KernelRun Crossing(float p, long[] queryOffsets, long[] offsets)
    {
        (int queries, int tokens) = ((int)queryOffsets[^1], (int)offsets[^1]);
        return Across("PackedCrossAttention", p)
            .With(Reference.Random(7, queries * H), queries, H).With(Reference.Random(8, tokens * 2 * H), tokens, 2 * H)
            .With(queryOffsets, queryOffsets.Length).With(offsets, offsets.Length).With(Key, 2);
    }

    private static KernelRun CrossingGrad(float p, long[] queryOffsets, long[] offsets)
    {
        (int queries, int tokens) = ((int)queryOffsets[^1], (int)offsets[^1]);
        float[][] forward = Crossing(p, queryOffsets, offsets).Outputs(2);
        return Across("PackedCrossAttentionGrad", p).With(Reference.Random(2, queries * H), queries, H)
            .With(Reference.Random(7, queries * H), queries, H).With(Reference.Random(8, tokens * 2 * H), tokens, 2 * H)
            .With(forward[0], queries, H).With(forward[1], queries, Heads)
            .With(queryOffsets, queryOffsets.Length).With(offsets, offsets.Length).With(Key, 2);
    }

    private static KernelRun Across(string op, float p) =>
        Dropping(op, p, ("heads", Heads), ("scale", (float)(1 / Math.Sqrt((double)H / Heads))));

    // Each distance its own row up to a half of the span, and rows shared by two beyond.
    private static long[] Buckets(int positions, int span) => [.. Enumerable.Range(1 - positions, (2 * positions) - 1)
        .Select(d => (long)Math.Clamp(Math.Abs(d) <= span / 2 ? d : d / 2, -span, span - 1) + span)];

    private static KernelRun Disentangled(float p, long[] offsets, long[] buckets)
    {
        (int tokens, int rows) = ((int)offsets[^1], (int)buckets.Max() + 1);
        return Distant("DisentangledAttention", p).With(Reference.Random(7, tokens * 3 * H), tokens, 3 * H)
            .With(Reference.Random(8, rows * 2 * H), rows, 2 * H).With(buckets, buckets.Length)
            .With(offsets, offsets.Length).With(Key, 2);
    }

    private static KernelRun DisentangledGrad(float p, long[] offsets, long[] buckets)
    {
        (int tokens, int rows) = ((int)offsets[^1], (int)buckets.Max() + 1);
        float[][] forward = Disentangled(p, offsets, buckets).Outputs(2);
        return Distant("DisentangledAttentionGrad", p).With(Reference.Random(2, tokens * H), tokens, H)
            .With(Reference.Random(7, tokens * 3 * H), tokens, 3 * H)
            .With(Reference.Random(8, rows * 2 * H), rows, 2 * H)
            .With(forward[0], tokens, H).With(forward[1], tokens, Heads).With(buckets, buckets.Length)
            .With(offsets, offsets.Length).With(Key, 2);
    }

    private static KernelRun Distant(string op, float p) =>
        Dropping(op, p, ("heads", Heads), ("scale", (float)(1 / Math.Sqrt(3.0 * H / Heads))));

    private static KernelRun Dropping(string op, float p, params (string Name, object Value)[] attributes) =>
        new(op, [.. attributes, ("p", p), ("site", 9)]);

    private static KernelRun Sharing(string op, float p) =>
        Dropping(op, p, ("heads", Heads), ("keyHeads", 1), ("mask", 1), ("window", -1),
            ("scale", (float)(1 / Math.Sqrt((double)H / Heads))));

    private static KernelRun Attending(string op, float p) =>
        Dropping(op, p, ("heads", Heads), ("mask", 0), ("window", -1),
            ("scale", (float)(1 / Math.Sqrt((double)H / Heads))));
}
