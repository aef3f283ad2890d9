using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

/// <summary>Kernels in sessions that live long, side by side, or one after the other.</summary>
public sealed class KernelSessionTests
{
    private const int Heads = 2, Columns = 16;

    private static byte[] Attention { get; } = new TestModel()
        .Input("qkv", ElementType.Float, "T", "48").Input("offsets", ElementType.Int64, "B")
        .Input("key", ElementType.Int64, "2").Output("y", ElementType.Float).Output("lse", ElementType.Float)
        .Fused("PackedAttention", ["qkv", "offsets", "key"], ["y", "lse"],
            ("heads", Heads), ("scale", 0.35f), ("mask", 0), ("window", -1), ("p", 0.1f), ("site", 1)).Bytes();

    [Test]
    public void Batches_of_changing_shape_reuse_one_session()
    {
        using GraphSession session = Open();
        using Binding binding = session.CreateBinding();
        foreach (int tokens in new[] { 5, 200, 1, 0, 64, 200 })
        {
            float[] qkv = Reference.Random(tokens, tokens * 3 * Columns);

            float[] y = Run(binding, qkv, tokens);

            using GraphSession fresh = Open();
            using Binding alone = fresh.CreateBinding();
            Assert.That(y, Is.EqualTo(Run(alone, qkv, tokens)), $"{tokens} tokens");
        }
    }

    [Test]
    public void One_session_runs_from_several_threads_at_a_time()
    {
        using GraphSession session = Open();
        float[][] inputs = [.. Enumerable.Range(0, 4).Select(i => Reference.Random(i, (40 + i) * 3 * Columns))];
        float[][] expected = [.. inputs.Select((qkv, i) => RunOnce(session, qkv, 40 + i))];

        float[][] actual = new float[20][];
        Parallel.For(0, actual.Length, i => actual[i] = RunOnce(session, inputs[i % 4], 40 + (i % 4)));

        for (int i = 0; i < actual.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected[i % 4]), $"run {i}");
        }
    }

    [Test]
    public void A_run_allocates_next_to_nothing_on_the_managed_heap()
    {
        using GraphSession session = Open();
        using Binding binding = session.CreateBinding();
        float[] qkv = Reference.Random(1, 100 * 3 * Columns);
        Run(binding, qkv, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            binding.Run();
        }

        // What is left is the binding's: names and closures, whatever the batch.
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 100, Is.LessThan(2000));
    }

    [Test]
    public void Sessions_with_kernels_that_come_and_go_leave_no_memory_behind()
    {
        float[] qkv = Reference.Random(1, 300 * 3 * Columns);
        long before = 0;
        for (int i = 0; i < 150; i++)
        {
            using GraphSession session = Open();
            RunOnce(session, qkv, 300);
            if (i == 50)
            {
                before = Settled();
            }
        }

        // Each session has a worker with some 150 kB of scratch of its own.
        Assert.That(Settled() - before, Is.LessThan(20L << 20));

        static long Settled()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Environment.WorkingSet;
        }
    }

    [Test]
    public void A_model_with_bodies_runs_on_kernels_or_without_them()
    {
        byte[] model = new TestModel().Input("x", ElementType.Float, "N").Output("y", ElementType.Float)
            .Fused("Gelu", ["x"], ["y"]).WithBody("Gelu").Bytes();
        float[] x = Reference.Random(1, 100);

        using GraphSession with = GraphSession.FromBytes(model, new ExecutionOptions());
        using GraphSession without = GraphSession.FromBytes(model, new ExecutionOptions { UseKernels = false });

        Assert.That(with.Kernels, Is.EqualTo(new[] { "Gelu" }));
        Assert.That(without.Kernels, Is.Empty);
        Expect.Close(Gelu(with), [.. Gelu(without)], 3e-7, "y");

        float[] Gelu(GraphSession session)
        {
            using Binding binding = session.CreateBinding();
            binding.SetInput("x", x, [100]);
            binding.BindOutput("y");
            binding.Run();
            return binding.Output("y").ToArray();
        }
    }

    private static GraphSession Open() =>
        GraphSession.FromBytes(Attention, new ExecutionOptions { IntraOpThreads = 2 });

    private static float[] RunOnce(GraphSession session, float[] qkv, int tokens)
    {
        using Binding binding = session.CreateBinding();
        return Run(binding, qkv, tokens);
    }

    private static float[] Run(Binding binding, float[] qkv, int tokens)
    {
        binding.SetInput("qkv", qkv, [tokens, 3 * Columns]);
        binding.SetInput("offsets", [0L, tokens / 2, tokens], [3]);
        binding.SetInput("key", [1L, 2], [2]);
        binding.BindOutput("y");
        binding.BindOutput("lse");
        binding.Run();
        return binding.Output("y").ToArray();
    }
}
