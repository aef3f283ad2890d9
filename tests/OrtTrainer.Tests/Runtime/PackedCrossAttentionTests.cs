namespace OrtTrainer.Tests.Runtime;

/// <summary>The kernels of attention to the keys of another batch, against plain C# in float64.</summary>
public sealed class PackedCrossAttentionTests
{
    private static readonly long[] Key = [99, 4_294_967_295];
    private static readonly float[] Rates = [0, 0.2f];

    // Heads, head width, queries and keys of each sequence: widths and lengths about a vector.
    private static readonly object[] Cases =
    [
        new object[] { 1, 1, new[] { 1 }, new[] { 1 } },
        new object[] { 2, 8, new[] { 1, 1, 1, 1, 1, 1 }, new[] { 1, 2, 15, 16, 17, 33 } },
        new object[] { 3, 16, new[] { 0, 1, 5, 31 }, new[] { 31, 32, 33, 5 } },
        new object[] { 12, 32, new[] { 1, 1 }, new[] { 128, 47 } },
        new object[] { 1, 64, new[] { 3, 2, 4 }, new[] { 130, 0, 3 } },
        new object[] { 2, 17, new[] { 0, 0, 1, 2 }, new[] { 40, 0, 0, 21 } },
        new object[] { 1, 5, new[] { 2, 1 }, new[] { 512, 1100 } },
    ];

    [TestCaseSource(nameof(Cases))]
    public void The_queries_of_a_sequence_attend_to_its_keys(int heads, int width, int[] queries, int[] keys)
    {
        foreach (float p in Rates)
        {
            ReferenceCrossAttention reference = Attention(heads, width, queries, keys, p);
            (float[] q, float[] kv, _) = Inputs(reference);

            float[][] actual = Forward(reference, q, kv).Outputs(2);

            (double[] y, double[] logSums) = reference.Forward([.. q], [.. kv]);
            Expect.Close(actual[0], y, 3e-6, $"y at p = {p}");
            Expect.Close(actual[1], logSums, 1e-6, $"lse at p = {p}");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Gradients_are_those_of_the_jacobian(int heads, int width, int[] queries, int[] keys)
    {
        foreach (float p in Rates)
        {
            ReferenceCrossAttention reference = Attention(heads, width, queries, keys, p);
            (float[] q, float[] kv, float[] dy) = Inputs(reference);

            float[][] gradients = Backward(reference, dy, q, kv, Forward(reference, q, kv).Outputs(2)).Outputs(2);

            (double[] dq, double[] dkv) = reference.Gradients(dy, [.. q], [.. kv]);
            Expect.Close(gradients[0], dq, 3e-6, $"dq at p = {p}");
            Expect.Close(gradients[1], dkv, 3e-6, $"dkv at p = {p}");
        }
    }

    [Test]
    public void The_reference_gradient_is_the_slope_of_the_reference()
    {
        ReferenceCrossAttention reference = Attention(2, 3, [2, 0, 1], [4, 1, 2], 0.2f);
        (float[] q, float[] kv, float[] dy) = Inputs(reference);
        const double Step = 1e-6;

        (double[] dq, double[] dkv) = reference.Gradients(dy, [.. q], [.. kv]);

        for (int i = 0; i < q.Length + kv.Length; i++)
        {
            Assert.That(i < q.Length ? dq[i] : dkv[i - q.Length],
                Is.EqualTo((Loss(i, Step) - Loss(i, -Step)) / (2 * Step)).Within(1e-8));
        }

        double Loss(int i, double step)
        {
            double[] all = [.. q, .. kv];
            all[i] += step;
            return reference.Forward(all[..q.Length], all[q.Length..]).Y.Zip(dy, (a, b) => a * b).Sum();
        }
    }

    [Test]
    public void The_first_tokens_get_what_attention_of_all_tokens_gives_them()
    {
        // Without dropout, whose masks go by the number of the query.
        const int Columns = 2 * 20;
        int[] lengths = [1, 7, 64, 130];
        ReferenceCrossAttention reference = Attention(2, 20, [1, 1, 1, 1], lengths, p: 0);
        float[] qkv = Reference.Random(1, lengths.Sum() * 3 * Columns);
        float[][] rows = [.. qkv.Chunk(3 * Columns)];
        float[] q = [.. reference.Offsets.SkipLast(1).SelectMany(first => rows[first][..Columns])];
        float[] kv = [.. rows.SelectMany(row => row[Columns..])];

        float[] y = Forward(reference, q, kv).Outputs(2)[0];

        float[] whole = new KernelRun("PackedAttention", ("heads", 2), ("scale", reference.Scale), ("mask", 0),
            ("window", -1), ("p", 0f), ("site", 0)).With(qkv, lengths.Sum(), 3 * Columns)
            .With(reference.Offsets, 5).With(Key, 2).Outputs(2)[0];
        Expect.Close(y,
            [.. reference.Offsets.SkipLast(1).SelectMany(first => whole.Skip((int)first * Columns).Take(Columns))
                .Select(v => (double)v)],
            1e-6, "y");
    }

    [Test]
    public void Empty_batches_give_empty_results_and_keys_without_queries_no_gradient()
    {
        ReferenceCrossAttention none = Attention(2, 8, [], [], 0.1f), alone = Attention(2, 8, [0], [3], 0.1f);

        Assert.That(Forward(none, [], []).Outputs(2), Is.All.Empty);
        Assert.That(Backward(none, [], [], [], [[], []]).Outputs(2), Is.All.Empty);
        Assert.That(
            Backward(alone, [], [], Reference.Random(1, 96), [[], []]).Outputs(2)[1], Is.EqualTo(new float[96]));
    }

    [Test]
    public void Large_scores_do_not_overflow()
    {
        ReferenceCrossAttention reference = Attention(1, 16, [2], [20], 0);
        (float[] q, float[] kv) = (Reference.Random(1, 2 * 16, 30), Reference.Random(2, 20 * 32, 30));

        Expect.Close(Forward(reference, q, kv).Outputs(2)[0], reference.Forward([.. q], [.. kv]).Y, 1e-4, "y");
    }

    [Test]
    public void One_and_two_threads_give_the_same_bits()
    {
        int[] keys = [.. Enumerable.Range(1, 30).Select(i => i * 7 % 61)];
        ReferenceCrossAttention reference = Attention(4, 20, [.. keys.Select(i => i % 4)], keys, 0.1f);
        (float[] q, float[] kv, float[] dy) = Inputs(reference);

        Expect.SameBits(Forward(reference, q, kv), 2);
        Expect.SameBits(Backward(reference, dy, q, kv, Forward(reference, q, kv).Outputs(2)), 2);
    }

    private static ReferenceCrossAttention Attention(int heads, int width, int[] queries, int[] keys, float p) =>
        new(Bounds(queries), Bounds(keys), heads, width, (float)(1 / Math.Sqrt(width)), p, 11, Key);

    private static long[] Bounds(int[] lengths)
    {
        long end = 0;
        return [0, .. lengths.Select(length => end += length)];
    }

    private static (float[] Q, float[] Kv, float[] Dy) Inputs(ReferenceCrossAttention a) => (
        Reference.Random(1, a.Queries * a.Columns), Reference.Random(2, a.Tokens * 2 * a.Columns),
        Reference.Random(3, a.Queries * a.Columns));

    private static KernelRun Forward(ReferenceCrossAttention a, float[] q, float[] kv) =>
        Bounded(a, Operator("PackedCrossAttention", a).With(q, a.Queries, a.Columns).With(kv, a.Tokens, 2 * a.Columns));

    private static KernelRun Backward(
        ReferenceCrossAttention a, float[] dy, float[] q, float[] kv, float[][] forward) =>
        Bounded(a, Operator("PackedCrossAttentionGrad", a).With(dy, a.Queries, a.Columns)
            .With(q, a.Queries, a.Columns).With(kv, a.Tokens, 2 * a.Columns)
            .With(forward[0], a.Queries, a.Columns).With(forward[1], a.Queries, a.Heads));

    private static KernelRun Operator(string op, ReferenceCrossAttention a) =>
        new(op, ("heads", a.Heads), ("scale", a.Scale), ("p", a.P), ("site", a.Site));

    private static KernelRun Bounded(ReferenceCrossAttention a, KernelRun run) => run
        .With(a.QueryOffsets, a.QueryOffsets.Length).With(a.Offsets, a.Offsets.Length).With(Key, 2);
}
