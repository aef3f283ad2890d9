namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>Properties of attention that follow from its definition and need no second implementation.</summary>
public sealed class AttentionPropertyTests
{
    private static readonly int[] Mixed = [5, 70, 0, 17, 1, 64, 33, 16, 0, 48];

    [Test]
    public void A_sequence_has_the_same_bits_whatever_else_is_in_its_batch([Values(1, 8, 20)] int width)
    {
        PackedInputs batch = PackedInputs.Random(2, width, Mixed, 0);
        int[] columns = [batch.Columns, batch.Heads, 3 * batch.Columns];
        float[][] together = batch.All();

        for (int s = 0; s < Mixed.Length; s++)
        {
            float[][] alone = batch.Choose(s).All();
            for (int i = 0; i < alone.Length; i++)
            {
                Assert.That(batch.Rows(together[i], columns[i], s), Is.EqualTo(alone[i]), $"sequence {s}, output {i}");
            }
        }
    }

    [Test]
    public void The_order_of_a_batch_only_moves_the_rows()
    {
        PackedInputs batch = PackedInputs.Random(3, 7, Mixed, 0);
        int[] order = [.. Enumerable.Range(0, Mixed.Length).Reverse()];
        PackedInputs reversed = batch.Choose(order);
        int[] columns = [batch.Columns, batch.Heads, 3 * batch.Columns];
        float[][] straight = batch.All(), backwards = reversed.All();

        for (int i = 0; i < columns.Length; i++)
        {
            float[] expected = [.. order.SelectMany(s => batch.Rows(straight[i], columns[i], s))];
            Assert.That(backwards[i], Is.EqualTo(expected), $"output {i}");
        }
    }

    [Test]
    public void A_head_sees_its_own_columns_alone()
    {
        const int Width = 9, Head = 1;
        PackedInputs batch = PackedInputs.Random(3, Width, [12, 40], 0);
        float[] others = [.. batch.Qkv.Select((v, i) => i % batch.Columns / Width == Head ? v : 3 - v)];

        float[][] before = batch.All(), after = (batch with { Qkv = others }).All();

        Assert.That(OfHead(after[0]), Is.EqualTo(OfHead(before[0])));
        Assert.That(OfHead(after[2]), Is.EqualTo(OfHead(before[2])));
        Assert.That(after[0], Is.Not.EqualTo(before[0]));

        float[] OfHead(float[] tensor) => [.. tensor.Where((_, i) => i % batch.Columns / Width == Head)];
    }

    [Test]
    public void Adding_one_vector_to_all_keys_changes_nothing_but_the_log_sums()
    {
        // Each score of a row moves by q · c, which softmax takes out again.
        PackedInputs batch = PackedInputs.Random(2, 8, [30, 7], 0);
        float[] shift = Reference.Random(5, 16);
        float[] moved = [.. batch.Qkv.Select((v, i) => i % 48 / 16 == 1 ? v + shift[i % 16] : v)];

        float[][] before = batch.All(), after = (batch with { Qkv = moved }).All();

        Expect.Close(after[0], [.. before[0]], 5e-6, "y");
        for (int t = 0; t < 37; t++)
        {
            for (int head = 0; head < 2; head++)
            {
                double added = Enumerable.Range(head * 8, 8).Sum(d => (double)batch.Qkv[(t * 48) + d] * shift[d])
                    * batch.Reference.Scale;
                int at = (t * 2) + head;
                Assert.That(after[1][at] - before[1][at], Is.EqualTo(added).Within(2e-5));
            }
        }
    }

    [Test]
    public void The_key_gradients_of_a_sequence_sum_to_zero([Values(0f, 0.3f)] float p)
    {
        // The same invariance, seen from the gradient: no constant added to all keys can change the result.
        int[] lengths = [30, 1, 7, 66];
        PackedInputs batch = PackedInputs.Random(2, 8, lengths, p);
        float[] dqkv = batch.All()[2];

        for (int s = 0; s < lengths.Length; s++)
        {
            float[] rows = batch.Rows(dqkv, 48, s);
            for (int d = 16; d < 32; d++)
            {
                double sum = Enumerable.Range(0, lengths[s]).Sum(t => (double)rows[(t * 48) + d]);
                Assert.That(sum, Is.Zero.Within(1e-5), $"sequence {s}, key column {d - 16}");
            }
        }
    }

    [Test]
    public void Queries_of_zero_average_the_values()
    {
        PackedInputs batch = PackedInputs.Random(2, 5, [1, 20, 65], 0);
        float[] qkv = [.. batch.Qkv.Select((v, i) => i % 30 < 10 ? 0 : v)];

        float[][] actual = (batch with { Qkv = qkv }).Forward().Outputs(2);

        for (int s = 0; s < 3; s++)
        {
            float[] values = batch.Rows(qkv, 30, s), y = batch.Rows(actual[0], 10, s);
            int length = values.Length / 30;
            for (int i = 0; i < y.Length; i++)
            {
                double mean = Enumerable.Range(0, length).Average(t => (double)values[(t * 30) + 20 + (i % 10)]);
                Assert.That(y[i], Is.EqualTo(mean).Within(1e-6));
            }

            Assert.That(batch.Rows(actual[1], 2, s), Is.All.EqualTo(Math.Log(length)).Within(1e-6));
        }
    }

    [Test]
    public void A_single_token_returns_its_value_to_the_bit_and_has_no_gradient_but_there()
    {
        PackedInputs batch = PackedInputs.Random(3, 7, [1, 1, 1, 1], 0);

        float[][] actual = batch.All();

        for (int t = 0; t < 4; t++)
        {
            float[] value = batch.Rows(batch.Qkv, 63, t)[42..], gradient = batch.Rows(actual[2], 63, t);
            Assert.That(batch.Rows(actual[0], 21, t), Is.EqualTo(value));
            Assert.That(gradient[42..], Is.EqualTo(batch.Rows(batch.Dy, 21, t)));
            Assert.That(gradient[..42], Is.All.Zero.Within(2e-6f));
        }
    }

    [Test]
    public void Results_are_linear_in_the_values_even_under_dropout()
    {
        PackedInputs batch = PackedInputs.Random(2, 8, [40, 9], 0.4f);
        float[] doubled = [.. batch.Qkv.Select((v, i) => i % 48 >= 32 ? 2 * v : v)];

        float[] once = batch.Forward().Outputs(2)[0], twice = (batch with { Qkv = doubled }).Forward().Outputs(2)[0];

        // Multiplying by a power of two is exact, so equality is too.
        Assert.That(twice, Is.EqualTo(once.Select(v => 2 * v)));
    }

    [Test]
    public void Not_a_number_stays_in_its_sequence_and_head()
    {
        PackedInputs batch = PackedInputs.Random(2, 8, [20, 33, 5], 0);
        float[][] clean = batch.All();
        float[] qkv = [.. batch.Qkv];

        // A key of head 1, token 27: in sequence 1.
        qkv[(27 * 48) + 16 + 8] = float.NaN;
        float[][] actual = (batch with { Qkv = qkv }).All();

        for (int i = 0; i < actual[0].Length; i++)
        {
            bool reached = i / 16 is >= 20 and < 53 && i % 16 >= 8;
            Assert.That(actual[0][i], reached ? Is.NaN : Is.EqualTo(clean[0][i]), $"row {i / 16}, column {i % 16}");
        }

        for (int i = 0; i < actual[2].Length; i++)
        {
            bool reached = i / 48 is >= 20 and < 53 && i % 16 >= 8;
            Assert.That(actual[2][i], reached ? Is.NaN : Is.EqualTo(clean[2][i]), $"row {i / 48}, column {i % 48}");
        }
    }

    [Test]
    public void A_key_at_minus_infinity_is_not_attended_to()
    {
        // Width 1 and positive queries: a key of -∞ has the score -∞, the probability 0 and no gradient.
        PackedInputs batch = PackedInputs.Random(1, 1, [20], 0);
        float[] qkv = [.. batch.Qkv.Select((v, i) => i % 3 == 0 ? Math.Abs(v) + 0.1f : v)];
        qkv[(13 * 3) + 1] = float.NegativeInfinity;
        float[] without = [.. qkv[..(13 * 3)], .. qkv[(14 * 3)..]];
        PackedInputs shorter = PackedInputs.Random(1, 1, [19], 0) with { Qkv = without };

        float[] actual = (batch with { Qkv = qkv }).Forward().Outputs(2)[0], expected = shorter.Forward().Outputs(2)[0];

        float[] others = [.. actual[..13], .. actual[14..]];
        Expect.Close(others, [.. expected], 1e-6, "y");
    }
}
