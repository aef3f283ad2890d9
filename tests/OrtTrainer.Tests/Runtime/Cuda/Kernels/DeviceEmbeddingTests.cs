namespace OrtTrainer.Tests.Runtime.Cuda.Kernels;

public sealed class DeviceEmbeddingTests
{
    [Test]
    public void Embeddings_are_those_of_the_cpu(
        [Values(1, 2, 3, 4)] int tables, [Values(1, 31, 33)] int columns, [Values(0f, 0.2f)] float p) =>
        OnDevice.IsAsOnTheCpu(Embedding(tables, columns, p), 4, columns == 1 ? 1e-4 : 1e-5);

    [TestCase(-1)]
    [TestCase(12)]
    public void An_id_that_is_no_row_gives_no_number(int id)
    {
        float[] z = new KernelRun("EmbeddingNorm1", ("epsilon", 1e-5f), ("p", 0f), ("site", 1)).Matrix(1, 12, 3)
            .With([11, id], 2).Vector(2, 3).Vector(3, 3).With(OnDevice.Key, 2).Outputs(4, library: OnDevice.Library)[1];

        Assert.That(z[..3], Has.None.NaN);
        Assert.That(z[3..], Is.All.NaN);
    }

    [TestCase(1)]
    [TestCase(31)]
    [TestCase(33)]
    [TestCase(65)]
    [TestCase(200)]
    public void Gradients_of_tables_are_those_of_the_cpu(int tokens)
    {
        // Of one index in all, of few, and of one for each token.
        foreach (int different in new[] { 1, 3, tokens })
        {
            long[] indices = [.. Enumerable.Range(0, tokens).Select(t => (long)(t * 7 % different))];
            OnDevice.IsAsOnTheCpu(
                new KernelRun("GatherGrad").Matrix(1, tokens, 5).With(indices, tokens).With([tokens + 3, 5], 2), 1);
        }
    }

    [Test]
    public void Runs_of_tokens_that_end_with_a_block_are_summed_once()
    {
        long[] indices =
        [
            .. Enumerable.Repeat(4L, 32), .. Enumerable.Repeat(2L, 64), .. Enumerable.Repeat(9L, 33), 0, 0, 7,
        ];
        OnDevice.IsAsOnTheCpu(
            new KernelRun("GatherGrad").Matrix(1, indices.Length, 3).With(indices, indices.Length).With([10, 3], 2), 1);
    }

    [Test]
    public void Without_tokens_the_gradient_is_zero() =>
        Assert.That(
            new KernelRun("GatherGrad").With(new float[0], 0, 3).With(new long[0], 0).With([4, 3], 2)
                .Outputs(1, library: OnDevice.Library)[0],
            Is.EqualTo(new float[12]));

    [Test]
    public void An_index_that_is_no_row_adds_to_nothing()
    {
        float[] dx = new KernelRun("GatherGrad").With([1f, 2, 3, 4], 4, 1).With([-5, 1, 2, 1], 4).With([2, 1], 2)
            .Outputs(1, library: OnDevice.Library)[0];

        Assert.That(dx, Is.EqualTo(new[] { 0f, 6 }));
    }

    private static KernelRun Embedding(int tables, int columns, float p)
    {
        const int Tokens = 19;
        KernelRun run = new($"EmbeddingNorm{tables}", ("epsilon", 1e-5f), ("p", p), ("site", 3));
        for (int i = 0; i < tables; i++)
        {
            run.Matrix(20 + i, 11 + i, columns);
        }

        for (int i = 0; i < tables; i++)
        {
            run.With([.. Enumerable.Range(i, Tokens).Select(t => (long)(t * t % 11))], Tokens);
        }

        return run.Vector(1, columns).Vector(2, columns).With(OnDevice.Key, 2);
    }
}
