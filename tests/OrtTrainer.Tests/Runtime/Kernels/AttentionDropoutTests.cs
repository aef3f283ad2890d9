namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>
/// The dropout of attention, made visible: with queries of zero all probabilities are 1/n, and with the unit matrix
/// as values y[t, j] is the mask of query t and key j, over n.
/// </summary>
public sealed class AttentionDropoutTests
{
    private const int Length = 64, Heads = 2;

    [Test]
    public void The_share_of_dropped_pairs_is_the_rate([Values(0.1f, 0.5f, 0.9f)] float p)
    {
        bool[] kept = Kept(p, out float[] factors);

        // Five standard deviations of a binomial share.
        double deviation = Math.Sqrt(p * (1 - p) / kept.Length);
        Assert.That(kept.Count(k => !k) / (double)kept.Length, Is.EqualTo(p).Within(5 * deviation));
        Assert.That(factors.Where(f => f != 0), Is.All.EqualTo(1 / (1 - p)).Within(1e-5));
    }

    [Test]
    public void Rows_columns_and_heads_are_dropped_independently()
    {
        bool[] kept = Kept(0.5f, out _);

        // Five standard deviations of a share of 64 x 64 pairs; mirrored pairs are half as many, and the diagonal
        // agrees with itself.
        Assert.That(Agreement((t, j) => (At(0, t, j), At(1, t, j))), Is.EqualTo(0.5).Within(0.04), "heads");
        Assert.That(Agreement((t, j) => (At(0, t, j), At(0, t, Next(j)))), Is.EqualTo(0.5).Within(0.04), "keys");
        Assert.That(Agreement((t, j) => (At(0, t, j), At(0, Next(t), j))), Is.EqualTo(0.5).Within(0.04), "queries");
        Assert.That(Agreement((t, j) => (At(0, t, j), At(0, j, t))), Is.EqualTo(0.5).Within(0.07), "mirror");

        // Nor may a head have the rows of another one further down.
        Assert.That(kept.Chunk(Length).Select(row => string.Concat(row.Select(k => k ? '1' : '0'))), Is.Unique);

        static int Next(int i) => (i + 1) % Length;
        double Agreement(Func<int, int, (int First, int Second)> pair) => Enumerable.Range(0, Length * Length)
            .Select(i => pair(i / Length, i % Length))
            .Average(at => kept[at.First] == kept[at.Second] ? 1.0 : 0);
    }

    [Test]
    public void The_gradient_drops_what_the_forward_pass_dropped()
    {
        bool[] kept = Kept(0.5f, out _);
        PackedInputs batch = Batch(0.5f);

        // dv = (P · mask)ᵀ dy, and dy the unit matrix.
        float[] dqkv = (batch with { Dy = Unit() }).All()[2];

        for (int head = 0; head < Heads; head++)
        {
            for (int t = 0; t < Length; t++)
            {
                for (int j = 0; j < Length; j++)
                {
                    int column = (2 * batch.Columns) + (head * Length) + t;
                    Assert.That(dqkv[(j * 3 * batch.Columns) + column] != 0, Is.EqualTo(kept[At(head, t, j)]));
                }
            }
        }
    }

    [Test]
    public void Keys_from_the_1024th_on_are_dropped_independently_of_other_rows()
    {
        const int Tokens = 2100, Width = 16;
        int[] keys = [0, 1, 2, 15, 16, 1023, 1024, 1025, 1026, 1039, 1040, 2047, 2048, 2049, 2050, 2099];
        PackedInputs batch = PackedInputs.Random(Heads, Width, [Tokens], 0.5f);
        float[] qkv = new float[batch.Qkv.Length];
        foreach ((int key, int column) in keys.Select((key, column) => (key, column)))
        {
            for (int head = 0; head < Heads; head++)
            {
                qkv[(((key * 3) + 2) * batch.Columns) + (head * Width) + column] = Tokens;
            }
        }

        // y[t, head, column] is the factor of the key that has a value in that column.
        float[] y = (batch with { Qkv = qkv }).Forward().Outputs(2)[0];

        double Factor(int row, int column) => y[(row * Width) + column];
        int rows = Tokens * Heads;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < keys.Length; column++)
            {
                double expected = Reference.DropoutFactor(0.5f, batch.Reference.Site, batch.Reference.Key,
                    Reference.AttentionCounter(row, keys[column]));
                Assert.That(Factor(row, column), Is.EqualTo(expected).Within(1e-3), $"row {row}, key {keys[column]}");
            }
        }

        // Five standard deviations of a share of 4200 rows. A head is the row after the one before.
        foreach ((int first, int second) in new[] { (0, 1024), (1, 1025), (15, 1039), (1024, 2048), (0, 2048) })
        {
            (int near, int far) = (Array.IndexOf(keys, first), Array.IndexOf(keys, second));
            for (int apart = 1; apart <= 2; apart++)
            {
                Assert.That(
                    Enumerable.Range(0, rows - apart)
                        .Average(row => Factor(row, far) == Factor(row + apart, near) ? 1.0 : 0),
                    Is.EqualTo(0.5).Within(0.04), $"keys {first} and {second}, {apart} rows apart");
            }
        }
    }

    private static int At(int head, int t, int j) => (((head * Length) + t) * Length) + j;

    private static bool[] Kept(float p, out float[] factors)
    {
        PackedInputs batch = Batch(p);
        float[] y = batch.Forward().Outputs(2)[0];
        float[] found = new float[Heads * Length * Length];
        for (int i = 0; i < y.Length; i++)
        {
            (int t, int head, int j) = (i / batch.Columns, i % batch.Columns / Length, i % Length);
            found[At(head, t, j)] = y[i] * Length;
        }

        factors = found;
        return [.. found.Select(f => f != 0)];
    }

    private static PackedInputs Batch(float p)
    {
        PackedInputs batch = PackedInputs.Random(Heads, Length, [Length], p);
        float[] unit = Unit(), qkv = [.. batch.Qkv];
        for (int i = 0; i < qkv.Length; i++)
        {
            int column = i % (3 * batch.Columns), row = i / (3 * batch.Columns);
            qkv[i] = column < batch.Columns ? 0
                : column < 2 * batch.Columns ? qkv[i]
                : unit[(row * batch.Columns) + column - (2 * batch.Columns)];
        }

        return batch with { Qkv = qkv };
    }

    // In the columns of each head, the unit matrix.
    private static float[] Unit()
    {
        float[] unit = new float[Length * Heads * Length];
        for (int i = 0; i < unit.Length; i++)
        {
            unit[i] = i % Length == i / (Heads * Length) ? 1 : 0;
        }

        return unit;
    }
}
