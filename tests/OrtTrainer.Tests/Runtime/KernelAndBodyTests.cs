using System.Runtime.Intrinsics.X86;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Operators;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Tests.Runtime.Kernels;
using OrtTrainer.Tests.Runtime.Products;
using static OrtTrainer.Tests.Runtime.KernelAndBodyRuns;

namespace OrtTrainer.Tests.Runtime;

/// <summary>
/// Each kernel against the function body of its operator: one model, run by the kernel and by ONNX Runtime's own
/// operators.
/// </summary>
public sealed class KernelAndBodyTests
{
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
}
