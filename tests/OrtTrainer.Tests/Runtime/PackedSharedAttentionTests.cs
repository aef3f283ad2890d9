using OrtTrainer.Graph;
using OrtTrainer.Tests.Runtime.Kernels;

namespace OrtTrainer.Tests.Runtime;

/// <summary>Heads that share keys and values are held to the same attention over keys of their own.</summary>
public sealed class PackedSharedAttentionTests
{
    private static readonly long[] Key = [99, 4_294_967_295];

    // Heads, those of keys, head width, sequence lengths.
    private static readonly object[] Cases =
    [
        new object[] { 2, 1, 8, new[] { 1, 2, 7, 17 } },
        new object[] { 6, 3, 16, new[] { 31, 33, 5 } },
        new object[] { 8, 4, 17, new[] { 40, 0, 21 } },
        new object[] { 14, 2, 5, new[] { 66 } },
        new object[] { 4, 4, 8, new[] { 9, 3 } },
        new object[] { 5, 1, 32, new[] { 130, 1 } },
    ];

    private static readonly (AttentionMask Mask, int Window, float P)[] Variants =
    [
        (AttentionMask.Bidirectional, -1, 0.2f), (AttentionMask.Causal, -1, 0), (AttentionMask.Causal, 7, 0.2f),
        (AttentionMask.Bidirectional, 16, 0),
    ];

    [TestCaseSource(nameof(Cases))]
    public void Each_sequence_attends_to_itself(int heads, int keyHeads, int width, int[] lengths)
    {
        foreach ((AttentionMask mask, int window, float p) in Variants)
        {
            ReferenceAttention reference = Attention(heads, width, lengths, p) with { Mask = mask, Window = window };
            float[] qkv = Reference.Random(1, lengths.Sum() * (heads + (2 * keyHeads)) * width);

            float[][] actual = Forward(reference, keyHeads, qkv).Outputs(2);

            var (y, logSums) = reference.Forward([.. SharedHeads.Spread(qkv, heads, keyHeads, width)]);
            Expect.Close(actual[0], y, 3e-6, $"y, {mask}, window {window}, p = {p}");
            Expect.Close(actual[1], logSums, 1e-6, $"lse, {mask}, window {window}, p = {p}");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Gradients_of_shared_keys_add_up(int heads, int keyHeads, int width, int[] lengths)
    {
        foreach ((AttentionMask mask, int window, float p) in Variants)
        {
            ReferenceAttention reference = Attention(heads, width, lengths, p) with { Mask = mask, Window = window };
            float[] qkv = Reference.Random(1, lengths.Sum() * (heads + (2 * keyHeads)) * width);
            float[] dy = Reference.Random(2, lengths.Sum() * heads * width);

            float[] dqkv = Backward(reference, keyHeads, dy, qkv).Single();

            double[] spread = reference.Gradient(dy, [.. SharedHeads.Spread(qkv, heads, keyHeads, width)]);
            Expect.Close(
                dqkv, SharedHeads.Gather(spread, heads, keyHeads, width), 4e-6,
                $"dqkv, {mask}, window {window}, p = {p}");
        }
    }

    [TestCase(4, 2)]
    [TestCase(12, 1)]
    public void One_and_two_threads_give_the_same_bits(int heads, int keyHeads)
    {
        int[] lengths = [.. Enumerable.Range(1, 30).Select(i => i * 7 % 61)];
        ReferenceAttention reference = Attention(heads, 20, lengths, 0.1f) with { Mask = AttentionMask.Causal };
        float[] qkv = Reference.Random(1, lengths.Sum() * (heads + (2 * keyHeads)) * 20);
        float[] dy = Reference.Random(2, lengths.Sum() * heads * 20);

        Expect.SameBits(Forward(reference, keyHeads, qkv), 2);
        Expect.SameBits(Backward(reference, keyHeads, dy, qkv), 1);
    }

    [Test]
    public void Keys_that_cannot_be_shared_evenly_are_refused()
    {
        ReferenceAttention reference = Attention(4, 2, [3], 0);

        Assert.That(
            () => Forward(reference, 3, new float[3 * 20]).Outputs(2),
            Expect.Refusal("PackedSharedAttention: keyHeads is 3; expected a divisor of 4 heads."));
    }

    private static ReferenceAttention Attention(int heads, int width, int[] lengths, float p)
    {
        long end = 0;
        long[] offsets = [0, .. lengths.Select(length => end += length)];
        return new ReferenceAttention(offsets, heads, width, (float)(1 / Math.Sqrt(width)), p, 11, Key);
    }

    private static KernelRun Operator(string op, ReferenceAttention a, int keyHeads) =>
        new(op, ("heads", a.Heads), ("keyHeads", keyHeads), ("scale", a.Scale), ("mask", (int)a.Mask),
            ("window", a.Window), ("p", a.P), ("site", a.Site));

    private static KernelRun Forward(ReferenceAttention a, int keyHeads, float[] qkv) =>
        Operator("PackedSharedAttention", a, keyHeads)
            .With(qkv, a.Offsets[^1], (a.Heads + (2 * keyHeads)) * a.Width)
            .With(a.Offsets, a.Offsets.Length).With(Key, 2);

    private static KernelRun Backward(ReferenceAttention a, int keyHeads, float[] dy, float[] qkv)
    {
        float[][] forward = Forward(a, keyHeads, qkv).Outputs(2);
        long tokens = a.Offsets[^1];
        int columns = a.Heads * a.Width;
        return Operator("PackedSharedAttentionGrad", a, keyHeads).With(dy, tokens, columns)
            .With(qkv, tokens, (a.Heads + (2 * keyHeads)) * a.Width).With(forward[0], tokens, columns)
            .With(forward[1], tokens, a.Heads).With(a.Offsets, a.Offsets.Length).With(Key, 2);
    }
}
