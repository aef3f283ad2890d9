using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Runtime;

/// <summary>The kernels of attention with a bias by distance, against plain C# in float64.</summary>
public sealed class PackedBiasedAttentionTests
{
    private static readonly long[] Key = [99, 4_294_967_295];

    // Heads, head width, distances, sequence lengths: tables shorter and longer than sequences, lengths about a vector,
    // a tile and a block of queries.
    private static readonly object[] Cases =
    [
        new object[] { 1, 1, 1, new[] { 1 } },
        new object[] { 2, 8, 3, new[] { 1, 2, 7, 8, 9, 15, 16, 17 } },
        new object[] { 3, 16, 65, new[] { 31, 32, 33, 5 } },
        new object[] { 2, 32, 257, new[] { 54, 63, 64, 65, 1 } },
        new object[] { 1, 64, 255, new[] { 130, 0, 3 } },
        new object[] { 1, 5, 183, new[] { 512 } },
    ];

    private static readonly (AttentionMask Mask, int Window, float P)[] Variants =
    [
        (AttentionMask.Bidirectional, -1, 0), (AttentionMask.Bidirectional, -1, 0.2f), (AttentionMask.Causal, -1, 0.2f),
        (AttentionMask.Bidirectional, 9, 0.2f), (AttentionMask.Causal, 40, 0),
    ];

    [TestCaseSource(nameof(Cases))]
    public void Scores_get_the_bias_of_their_distance(int heads, int width, int distances, int[] lengths)
    {
        foreach ((AttentionMask mask, int window, float p) in Variants)
        {
            ReferenceAttention reference =
                Attention(heads, width, distances, lengths, p) with { Mask = mask, Window = window };
            float[] qkv = Reference.Random(1, lengths.Sum() * 3 * heads * width);

            float[][] actual = Forward(reference, qkv).Outputs(2);

            var (y, logSums) = reference.Forward([.. qkv]);
            Expect.Close(actual[0], y, 3e-6, $"y, {mask}, window {window}, p = {p}");
            Expect.Close(actual[1], logSums, 1e-6, $"lse, {mask}, window {window}, p = {p}");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Gradients_are_those_of_the_jacobian(int heads, int width, int distances, int[] lengths)
    {
        foreach ((AttentionMask mask, int window, float p) in Variants)
        {
            ReferenceAttention reference =
                Attention(heads, width, distances, lengths, p) with { Mask = mask, Window = window };
            float[] qkv = Reference.Random(1, lengths.Sum() * 3 * heads * width);
            float[] dy = Reference.Random(2, lengths.Sum() * heads * width);
            float[][] forward = Forward(reference, qkv).Outputs(2);

            float[][] gradients = Backward(reference, dy, qkv, forward).Outputs(2);

            (double[] dqkv, double[] drelative) = reference.Gradients(dy, [.. qkv]);
            Expect.Close(gradients[0], dqkv, 2e-6, $"dqkv, {mask}, window {window}, p = {p}");
            Expect.Close(gradients[1], drelative, 3e-6, $"drelative, {mask}, window {window}, p = {p}");
        }
    }

    [TestCase(AttentionMask.Bidirectional)]
    [TestCase(AttentionMask.Causal)]
    public void The_reference_gradient_of_the_bias_is_the_slope_of_the_reference(AttentionMask mask)
    {
        ReferenceAttention reference = Attention(2, 3, 5, [4, 1, 2], 0.2f) with { Mask = mask };
        double[] qkv = [.. Reference.Random(1, 7 * 18)];
        float[] dy = Reference.Random(2, 7 * 6);
        const double Step = 1e-6;

        double[] gradient = reference.Gradients(dy, qkv).Drelative;

        for (int i = 0; i < gradient.Length; i++)
        {
            Assert.That(gradient[i], Is.EqualTo((Loss(i, Step) - Loss(i, -Step)) / (2 * Step)).Within(1e-8));
        }

        double Loss(int i, double step)
        {
            double[] moved = [.. reference.Relative];
            moved[i] += step;
            return (reference with { Relative = moved }).Forward(qkv).Y.Zip(dy, (a, b) => a * b).Sum();
        }
    }

    [Test]
    public void A_bias_of_zero_is_none()
    {
        ReferenceAttention reference = Attention(2, 8, 9, [7, 20], 0.1f) with { Relative = new double[18] };
        float[] qkv = Reference.Random(1, 27 * 48);

        float[] y = Forward(reference, qkv).Outputs(2)[0];

        float[] without = Operator("PackedAttention", reference).With(qkv, 27, 48)
            .With(reference.Offsets, reference.Offsets.Length).With(Key, 2).Outputs(2)[0];
        Assert.That(y, Is.EqualTo(without));
    }

    [Test]
    public void An_empty_batch_gives_no_gradient_of_the_bias()
    {
        ReferenceAttention reference = Attention(2, 8, 3, [], 0.1f);

        float[][] gradients = Backward(reference, [], [], Forward(reference, []).Outputs(2)).Outputs(2);

        Assert.That(gradients[0], Is.Empty);
        Assert.That(gradients[1], Is.EqualTo(new float[6]));
    }

    [TestCase(AttentionMask.Bidirectional)]
    [TestCase(AttentionMask.Causal)]
    public void One_and_two_threads_give_the_same_bits(AttentionMask mask)
    {
        int[] lengths = [.. Enumerable.Range(1, 30).Select(i => i * 7 % 61)];
        ReferenceAttention reference = Attention(4, 20, 33, lengths, 0.1f) with { Mask = mask };
        float[] qkv = Reference.Random(1, lengths.Sum() * 240);
        float[] dy = Reference.Random(2, lengths.Sum() * 80);

        Expect.SameBits(Forward(reference, qkv), 2);
        Expect.SameBits(Backward(reference, dy, qkv, Forward(reference, qkv).Outputs(2)), 2);
    }

    private static ReferenceAttention Attention(int heads, int width, int distances, int[] lengths, float p)
    {
        long end = 0;
        long[] offsets = [0, .. lengths.Select(length => end += length)];
        return new(offsets, heads, width, (float)(1 / Math.Sqrt(width)), p, 11, Key)
        {
            Relative = [.. Reference.Random(3, distances * heads)],
        };
    }

    private static KernelRun Operator(string op, ReferenceAttention a) =>
        new(op, ("heads", a.Heads), ("scale", a.Scale), ("mask", (int)a.Mask), ("window", a.Window),
            ("p", a.P), ("site", a.Site));

    private static KernelRun Forward(ReferenceAttention a, float[] qkv) => Table(a, Operator("PackedBiasedAttention", a)
        .With(qkv, a.Offsets[^1], 3 * a.Heads * a.Width).With(a.Offsets, a.Offsets.Length).With(Key, 2));

    private static KernelRun Backward(ReferenceAttention a, float[] dy, float[] qkv, float[][] forward)
    {
        long tokens = a.Offsets[^1];
        int columns = a.Heads * a.Width;
        return Table(a, Operator("PackedBiasedAttentionGrad", a).With(dy, tokens, columns)
            .With(qkv, tokens, 3 * columns).With(forward[0], tokens, columns).With(forward[1], tokens, a.Heads)
            .With(a.Offsets, a.Offsets.Length).With(Key, 2));
    }

    private static KernelRun Table(ReferenceAttention a, KernelRun run) =>
        run.With([.. a.Relative.Select(v => (float)v)], a.Relative.Length / a.Heads, a.Heads);
}
