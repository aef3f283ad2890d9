using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class PackedAttentionTests
{
    private static readonly long[] Key = [99, 4_294_967_295];

    // Heads, head width, sequence lengths: widths and lengths around a vector, a panel, a tile and a block of queries.
    private static readonly object[] Cases =
    [
        new object[] { 1, 1, new[] { 1 } },
        new object[] { 2, 8, new[] { 1, 2, 7, 8, 9, 15, 16, 17 } },
        new object[] { 3, 16, new[] { 31, 32, 33, 5 } },
        new object[] { 2, 32, new[] { 54, 63, 64, 65, 1 } },
        new object[] { 1, 64, new[] { 130, 0, 3 } },
        new object[] { 2, 17, new[] { 40, 0, 0, 21 } },
        new object[] { 1, 48, new[] { 47, 80 } },
        new object[] { 1, 5, new[] { 512 } },
    ];

    // Windows about a vector, a panel and a block of queries.
    private static readonly (AttentionMask Mask, int Window, float P)[] Variants =
    [
        (AttentionMask.Bidirectional, -1, 0), (AttentionMask.Bidirectional, -1, 0.2f), (AttentionMask.Causal, -1, 0),
        (AttentionMask.Causal, -1, 0.2f), (AttentionMask.Bidirectional, 0, 0), (AttentionMask.Bidirectional, 5, 0.2f),
        (AttentionMask.Bidirectional, 16, 0), (AttentionMask.Causal, 7, 0.2f), (AttentionMask.Causal, 31, 0),
        (AttentionMask.Bidirectional, 64, 0.2f),
    ];

    [TestCaseSource(nameof(Cases))]
    public void Each_sequence_attends_to_itself(int heads, int width, int[] lengths)
    {
        foreach ((AttentionMask mask, int window, float p) in Variants)
        {
            ReferenceAttention reference = Attention(heads, width, lengths, p) with { Mask = mask, Window = window };
            float[] qkv = Reference.Random(1, lengths.Sum() * 3 * heads * width);

            float[][] actual = Forward(reference, qkv).Outputs(2);

            var (y, logSums) = reference.Forward([.. qkv]);
            Expect.Close(actual[0], y, 3e-6, $"y, {mask}, window {window}, p = {p}");
            Expect.Close(actual[1], logSums, 1e-6, $"lse, {mask}, window {window}, p = {p}");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Gradients_are_those_of_the_jacobian(int heads, int width, int[] lengths)
    {
        foreach ((AttentionMask mask, int window, float p) in Variants)
        {
            ReferenceAttention reference = Attention(heads, width, lengths, p) with { Mask = mask, Window = window };
            float[] qkv = Reference.Random(1, lengths.Sum() * 3 * heads * width);
            float[] dy = Reference.Random(2, lengths.Sum() * heads * width);
            float[][] forward = Forward(reference, qkv).Outputs(2);

            float[] dqkv = Backward(reference, dy, qkv, forward[0], forward[1]).Single();

            Expect.Close(dqkv, reference.Gradient(dy, [.. qkv]), 2e-6, $"dqkv, {mask}, window {window}, p = {p}");
        }
    }

    [TestCase(AttentionMask.Bidirectional, -1)]
    [TestCase(AttentionMask.Causal, -1)]
    [TestCase(AttentionMask.Bidirectional, 1)]
    public void The_reference_gradient_is_the_slope_of_the_reference(AttentionMask mask, int window)
    {
        ReferenceAttention reference =
            Attention(2, 3, [4, 1, 2], 0.2f) with { Mask = mask, Window = window };
        double[] qkv = [.. Reference.Random(1, 7 * 18)];
        float[] dy = Reference.Random(2, 7 * 6);
        const double Step = 1e-6;

        double[] gradient = reference.Gradient(dy, qkv);

        for (int i = 0; i < qkv.Length; i++)
        {
            Assert.That(gradient[i], Is.EqualTo((Loss(i, Step) - Loss(i, -Step)) / (2 * Step)).Within(1e-8));
        }

        double Loss(int i, double step)
        {
            double[] moved = [.. qkv];
            moved[i] += step;
            return reference.Forward(moved).Y.Zip(dy, (a, b) => a * b).Sum();
        }
    }

    [TestCase(0)]
    [TestCase(20)]
    [TestCase(70)]
    public void A_token_does_not_depend_on_those_beyond_the_window(int window)
    {
        const int Length = 200, Wide = 3 * 2 * 20, Token = 110;
        ReferenceAttention reference = Attention(2, 20, [Length], 0.1f) with { Window = window };
        float[] qkv = Reference.Random(1, Length * Wide), other = Reference.Random(5, Length * Wide, 3);
        float[] beyond = [.. other], within = [.. qkv];
        Array.Copy(
            qkv, (Token - window) * Wide, beyond, (Token - window) * Wide, ((2 * window) + 1) * Wide);
        Array.Copy(other, (Token + window) * Wide, within, (Token + window) * Wide, Wide);

        float[] Row(float[] changed) => Forward(reference, changed).Outputs(2)[0][(Token * 40)..((Token + 1) * 40)];

        Assert.That(Row(beyond), Is.EqualTo(Row(qkv)));
        Assert.That(Row(within), Is.Not.EqualTo(Row(qkv)));
    }

    [Test]
    public void An_empty_batch_gives_empty_results()
    {
        ReferenceAttention reference = Attention(2, 8, [], 0.1f);

        float[][] forward = Forward(reference, []).Outputs(2);

        Assert.That(forward[0], Is.Empty);
        Assert.That(forward[1], Is.Empty);
        Assert.That(Backward(reference, [], [], [], []).Single(), Is.Empty);
    }

    [Test]
    public void Large_scores_do_not_overflow()
    {
        ReferenceAttention reference = Attention(1, 16, [20], 0);
        float[] qkv = Reference.Random(1, 20 * 48, 30);

        float[][] actual = Forward(reference, qkv).Outputs(2);

        Expect.Close(actual[0], reference.Forward([.. qkv]).Y, 1e-4, "y");
    }

    [Test]
    public void A_sequence_does_not_depend_on_its_neighbours()
    {
        float[] qkv = Reference.Random(1, 30 * 48);
        float[] alone = Forward(Attention(2, 8, [10], 0), qkv[..(10 * 48)]).Outputs(2)[0];

        float[] together = Forward(Attention(2, 8, [10, 20], 0), qkv).Outputs(2)[0];

        Assert.That(together[..160], Is.EqualTo(alone));
    }

    [TestCase(1)]
    [TestCase(17)]
    [TestCase(64)]
    [TestCase(129)]
    public void Under_the_causal_mask_a_token_does_not_depend_on_later_ones(int kept)
    {
        const int Length = 130, Wide = 3 * 2 * 20;
        ReferenceAttention reference = Attention(2, 20, [Length], 0.1f) with { Mask = AttentionMask.Causal };
        float[] qkv = Reference.Random(1, Length * Wide);
        float[] changed = [.. qkv[..(kept * Wide)], .. Reference.Random(5, (Length - kept) * Wide, 3)];

        float[] y = Forward(reference, qkv).Outputs(2)[0], other = Forward(reference, changed).Outputs(2)[0];

        Assert.That(other[..(kept * 40)], Is.EqualTo(y[..(kept * 40)]));
        Assert.That(other[(kept * 40)..], Is.Not.EqualTo(y[(kept * 40)..]));
    }

    [TestCase(AttentionMask.Bidirectional, -1)]
    [TestCase(AttentionMask.Causal, -1)]
    [TestCase(AttentionMask.Bidirectional, 9)]
    public void One_and_two_threads_give_the_same_bits(AttentionMask mask, int window)
    {
        ReferenceAttention reference =
            Attention(4, 20, [.. Enumerable.Range(1, 30).Select(i => i * 7 % 61)], 0.1f) with
            {
                Mask = mask,
                Window = window,
            };
        float[] qkv = Reference.Random(1, (int)reference.Offsets[^1] * 240);
        float[] dy = Reference.Random(2, (int)reference.Offsets[^1] * 80);
        float[][] forward = Forward(reference, qkv).Outputs(2);

        Expect.SameBits(Forward(reference, qkv), 2);
        Expect.SameBits(Backward(reference, dy, qkv, forward[0], forward[1]), 1);
    }

    [TestCase(new long[] { 1, 4 }, "offset 0 is 1")]
    [TestCase(new long[] { 0, 3, 2, 4 }, "offset 2 is 2 after 3")]
    [TestCase(new long[] { 0, 3 }, "the last offset is 3; expected the 4 rows")]
    [TestCase(new long[] { 0, 5 }, "the last offset is 5; expected the 4 rows")]
    [TestCase(new long[] { }, "offsets has shape [0]")]
    public void Offsets_that_do_not_cut_the_batch_are_refused(long[] offsets, string message) =>
        Assert.That(
            () => Operator("PackedAttention", Attention(2, 1, [4], 0))
                .With(new float[24], 4, 6).With(offsets, offsets.Length).With(Key, 2).Outputs(2),
            Expect.Refusal("PackedAttention: " + message));

    [Test]
    public void A_width_that_does_not_fit_the_heads_is_refused() =>
        Assert.That(
            () => Operator("PackedAttention", Attention(4, 1, [4], 0))
                .With(new float[24], 4, 6).With([0L, 4], 2).With(Key, 2).Outputs(2),
            Expect.Refusal("qkv has shape [4, 6]; expected a multiple of 12 heads"));

    [Test]
    public void A_gradient_of_another_shape_is_refused()
    {
        ReferenceAttention reference = Attention(1, 2, [4], 0);

        Assert.That(
            () => Operator("PackedAttentionGrad", reference).With(new float[6], 3, 2).With(new float[24], 4, 6)
                .With(new float[8], 4, 2).With(new float[4], 4, 1).With(reference.Offsets, 2).With(Key, 2).Single(),
            Expect.Refusal("PackedAttentionGrad: dy has shape [3, 2]; expected [4, 2]"));
    }

    private static ReferenceAttention Attention(int heads, int width, int[] lengths, float p)
    {
        long end = 0;
        long[] offsets = [0, .. lengths.Select(length => end += length)];
        return new ReferenceAttention(offsets, heads, width, (float)(1 / Math.Sqrt(width)), p, 11, Key);
    }

    private static KernelRun Operator(string op, ReferenceAttention a) =>
        new(op, ("heads", a.Heads), ("scale", a.Scale), ("mask", (int)a.Mask), ("window", a.Window),
            ("p", a.P), ("site", a.Site));

    private static KernelRun Forward(ReferenceAttention a, float[] qkv) => Operator("PackedAttention", a)
        .With(qkv, a.Offsets[^1], 3 * a.Heads * a.Width).With(a.Offsets, a.Offsets.Length).With(Key, 2);

    private static KernelRun Backward(ReferenceAttention a, float[] dy, float[] qkv, float[] y, float[] logSums)
    {
        long tokens = a.Offsets[^1];
        int columns = a.Heads * a.Width;
        return Operator("PackedAttentionGrad", a).With(dy, tokens, columns).With(qkv, tokens, 3 * columns)
            .With(y, tokens, columns).With(logSums, tokens, a.Heads).With(a.Offsets, a.Offsets.Length).With(Key, 2);
    }
}
