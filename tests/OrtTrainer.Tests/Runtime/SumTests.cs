using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class SumTests
{
    private static readonly (int Rows, int Columns)[] Sizes =
        [(0, 16), (1, 1), (3, 15), (64, 16), (65, 17), (129, 1023), (1000, 48)];

    [Test]
    public void Columns_are_summed([ValueSource(nameof(Sizes))] (int Rows, int Columns) size)
    {
        (int n, int h) = size;
        float[] x = Reference.Random(1, n * h);

        float[] y = new KernelRun("ColumnSum").With(x, n, h).Single();

        double[] expected = 
            [.. Enumerable.Range(0, h).Select(c => Enumerable.Range(0, n).Sum(r => (double)x[(r * h) + c]))];
        Expect.Close(y, expected, 1e-6, "y");
    }

    [Test]
    public void Rows_are_added_where_their_index_points(
        [Values(0, 1, 17, 500)] int tokens, [Values(1, 16, 70, 129)] int columns)
    {
        const int Rows = 20;
        float[] dy = Reference.Random(1, tokens * columns);
        Random random = new(2);
        long[] indices = [.. Enumerable.Range(0, tokens).Select(_ => (long)random.Next(Rows - 1))];

        float[] dx = Gather(dy, indices, Rows, columns);

        // In order of t and in float32: equal to the last bit. Row 19 is never drawn and stays zero.
        float[] expected = new float[Rows * columns];
        for (int t = 0; t < tokens; t++)
        {
            for (int c = 0; c < columns; c++)
            {
                expected[(indices[t] * columns) + c] += dy[(t * columns) + c];
            }
        }

        Assert.That(dx, Is.EqualTo(expected));
    }

    [Test]
    public void One_and_two_threads_give_the_same_bits()
    {
        float[] x = Reference.Random(1, 1000 * 150);
        long[] indices = [.. Enumerable.Range(0, 1000).Select(t => (long)(t * t % 7))];

        Expect.SameBits(new KernelRun("ColumnSum").With(x, 1000, 150), 1);
        Expect.SameBits(new KernelRun("GatherGrad").With(x, 1000, 150).With(indices, 1000).With([30_000L, 150], 2), 1);
    }

    [TestCase(-1)]
    [TestCase(5)]
    [TestCase(long.MaxValue)]
    public void An_index_outside_the_table_is_refused_with_its_position(long index) =>
        Assert.That(() => Gather(new float[6], [0, index, 0], 5, 2),
            Expect.Refusal($"GatherGrad: index {index} at position 1 is not a row of a table of 5"));

    [Test]
    public void A_table_of_another_width_is_refused() =>
        Assert.That(
            () => new KernelRun("GatherGrad").With(new float[6], 3, 2).With(new long[3], 3).With([5L, 3], 2).Single(),
            Expect.Refusal("shape is [5, 3]"));

    private static float[] Gather(float[] dy, long[] indices, int rows, int columns) => new KernelRun("GatherGrad")
        .With(dy, indices.Length, columns).With(indices, indices.Length).With([(long)rows, columns], 2).Single();
}
