using Plain = OrtTrainer.Tests.Graph.Fused.Reference;

namespace OrtTrainer.Tests.Runtime;

public sealed class PackedLogSoftmaxTests
{
    private static readonly int[][] Lengths = [[0], [1], [15, 16, 17], [1023], [3, 0, 0, 64, 1], [512, 511]];

    [Test]
    public void Every_column_of_a_sequence_is_a_distribution_over_its_rows(
        [ValueSource(nameof(Lengths))] int[] lengths, [Values(1, 2, 17)] int columns)
    {
        (float[] x, long[] offsets) = Batch(lengths, columns);

        float[] y = Forward(x, offsets, columns).Single();

        Expect.Close(y, Plain.PackedLogSoftmax([.. x], offsets, columns), 1e-6, "y");
    }

    [Test]
    public void The_gradient_is_dy_less_the_probability_of_all_dy(
        [ValueSource(nameof(Lengths))] int[] lengths, [Values(1, 2, 17)] int columns)
    {
        (float[] x, long[] offsets) = Batch(lengths, columns);
        float[] dy = Reference.Random(2, x.Length);
        float[] y = Forward(x, offsets, columns).Single();

        float[] dx = new KernelRun("PackedLogSoftmaxGrad").With(dy, x.Length / columns, columns)
            .With(y, x.Length / columns, columns).With(offsets, offsets.Length).Single();

        double[] exact = Plain.PackedLogSoftmax([.. x], offsets, columns);
        double[] expected = new double[x.Length];
        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            for (int column = 0; column < columns; column++)
            {
                int[] places =
                [
                    .. Enumerable.Range((int)offsets[sequence], lengths[sequence])
                        .Select(row => (row * columns) + column),
                ];
                double sum = places.Sum(at => (double)dy[at]);
                foreach (int at in places)
                {
                    expected[at] = dy[at] - (Math.Exp(exact[at]) * sum);
                }
            }
        }

        Expect.Close(dx, expected, 1e-6, "dx");
    }

    [Test]
    public void Large_logits_neither_overflow_nor_lose_the_small_ones()
    {
        float[] y = Forward([10_000, 9_999, -10_000, 88.8f], [0, 3, 4], 1).Single();

        double rest = Math.Log(1 + Math.Exp(-1));
        Expect.Close(y, [-rest, -1 - rest, -20_000 - rest, 0], 1e-6, "y");
        Assert.That(y[0], Is.EqualTo(-rest).Within(1e-6));
    }

    [Test]
    public void One_and_two_threads_give_the_same_bits()
    {
        (float[] x, long[] offsets) = Batch([500, 3, 0, 497], 3);
        Expect.SameBits(Forward(x, offsets, 3), 1);
        Expect.SameBits(new KernelRun("PackedLogSoftmaxGrad").With(Reference.Random(2, x.Length), 1000, 3)
            .With(x, 1000, 3).With(offsets, offsets.Length), 1);
    }

    private static KernelRun Forward(float[] x, long[] offsets, int columns) => new KernelRun("PackedLogSoftmax")
        .With(x, x.Length / columns, columns).With(offsets, offsets.Length);

    private static (float[] X, long[] Offsets) Batch(int[] lengths, int columns)
    {
        long end = 0;
        return (Reference.Random(1, lengths.Sum() * columns), [0, .. lengths.Select(length => end += length)]);
    }
}
