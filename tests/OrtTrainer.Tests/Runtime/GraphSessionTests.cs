using System.Runtime.InteropServices;
using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class GraphSessionTests
{
    private static readonly ExecutionOptions OneThread = new() { IntraOpThreads = 1 };

    private static byte[] Doubling { get; } = new TestModel()
        .Input("x", ElementType.Float, "N", "3")
        .Input("w", ElementType.Float, "3")
        .Output("y", ElementType.Float, "N", "3")
        .Node("Mul", ["x", "w"], ["y"])
        .Bytes();

    [Test]
    public void Inputs_and_outputs_are_listed_with_type_and_shape()
    {
        using GraphSession session = GraphSession.FromBytes(Doubling, OneThread);

        Assert.That(session.Inputs.Select(i => i.Name), Is.EqualTo(new[] { "x", "w" }));
        Assert.That(session.Inputs[0].Type, Is.EqualTo(ElementType.Float));
        Assert.That(session.Inputs[0].Shape, Is.EqualTo(new long[] { -1, 3 }));
        Assert.That(session.Outputs.Single().Name, Is.EqualTo("y"));
    }

    [Test]
    public void State_is_read_and_written_in_place()
    {
        using GraphSession session = GraphSession.FromBytes(Doubling, OneThread);
        using Binding binding = session.CreateBinding();
        using WeightBuffer state = new(Device.Default, 20);
        binding.SetInput("x", [1f, 2, 3, 4, 5, 6], [2, 3]);
        binding.BindInput("w", state, 2, [3]);
        binding.BindOutput("y", state, 8, [2, 3]);

        state.Slice(2, 3).Fill(10);
        binding.Run();
        Assert.That(state.Slice(8, 6).ToArray(), Is.EqualTo(new float[] { 10, 20, 30, 40, 50, 60 }));

        state.Slice(2, 3).Fill(-1);
        binding.Run();
        Assert.That(state.Slice(8, 6).ToArray(), Is.EqualTo(new float[] { -1, -2, -3, -4, -5, -6 }));
        Assert.That(state.Slice(14, 6).ToArray(), Is.All.Zero);
    }

    [Test]
    public void Batches_of_changing_shape_run_through_one_binding()
    {
        using GraphSession session = GraphSession.FromBytes(Doubling, OneThread);
        using Binding binding = session.CreateBinding();
        binding.SetInput("w", [2f, 2, 2], [3]);
        binding.BindOutput("y");

        foreach (int rows in new[] { 2, 5, 0, 1, 5, 100, 3 })
        {
            float[] x = [.. Enumerable.Range(0, rows * 3).Select(i => (float)(i + rows))];
            binding.SetInput("x", x, [rows, 3]);
            binding.Run();
            if (rows != 1)
            {
                Assert.That(binding.OutputShape("y"), Is.EqualTo(new long[] { rows, 3 }));
                Assert.That(binding.Output("y").ToArray(), Is.EqualTo(x.Select(v => v * 2)));
            }
        }
    }

    [Test]
    public void A_buffer_disposed_while_bound_stays_readable_for_the_session()
    {
        using GraphSession session = GraphSession.FromBytes(Doubling, OneThread);
        using Binding binding = session.CreateBinding();
        WeightBuffer weights = new(Device.Default, 3);
        weights.Slice(0, 3).Fill(3);
        binding.SetInput("x", [1f, 1, 1], [1, 3]);
        binding.BindInput("w", weights, 0, [3]);
        binding.BindOutput("y");
        weights.Dispose();

        binding.Run();

        Assert.That(binding.Output("y").ToArray(), Is.EqualTo(new float[] { 3, 3, 3 }));
    }

    [Test]
    public void An_unknown_name_is_refused_with_the_names_there_are()
    {
        using GraphSession session = GraphSession.FromBytes(Doubling, OneThread, "doubling");
        using Binding binding = session.CreateBinding();
        using WeightBuffer buffer = new(Device.Default, 3);

        Assert.That(() => binding.BindInput("z", buffer, 0, [3]),
            Throws.ArgumentException.With.Message.Contains("doubling has no input 'z'; it has x, w"));
        Assert.That(() => binding.BindOutput("z"), Throws.ArgumentException.With.Message.Contains("it has y"));
        Assert.That(() => binding.Output("y").Length,
            Throws.ArgumentException.With.Message.Contains("BindOutput(\"y\")"));
        Assert.That(() => binding.SetInput("x", [1L], [1, 1]),
            Throws.ArgumentException.With.Message.Contains("input x is Float, not Int64"));
        Assert.That(() => binding.SetInput("x", [1f], [1, 3]),
            Throws.ArgumentException.With.Message.Contains("has 1 elements; its shape [1, 3] takes 3"));
        Assert.That(() => binding.BindInput("w", buffer, 1, [3]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void What_the_runtime_refuses_names_the_session_and_its_words()
    {
        Assert.That(() => GraphSession.FromBytes(new byte[] { 1, 2, 3 }, OneThread, "broken.onnx"),
            Throws.TypeOf<RuntimeFailureException>()
                .With.Message.StartsWith("broken.onnx: ONNX Runtime failed while loading"));

        using GraphSession session = GraphSession.FromBytes(Doubling, OneThread, "doubling");
        using Binding binding = session.CreateBinding();
        binding.SetInput("x", [1f, 2, 3], [1, 3]);
        binding.SetInput("w", [1f, 2], [2]);
        binding.BindOutput("y");

        RuntimeFailureException? failure = Assert.Throws<RuntimeFailureException>(binding.Run);
        Assert.That(failure!.Session, Is.EqualTo("doubling"));
        Assert.That(failure.Message, Does.StartWith("doubling: ONNX Runtime failed while running the graph: "));
    }

    [Test]
    public void A_missing_file_is_named() =>
        Assert.That(() => GraphSession.FromFile("/no/such/model.onnx", OneThread),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains("/no/such/model.onnx"));

    [Test]
    public void A_model_is_loaded_from_a_file_with_the_data_beside_it()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        string path = Path.Combine(folder.FullName, "model.onnx");
        byte[] model = new TestModel().Input("x", ElementType.Float, "3").Output("y", ElementType.Float)
            .External("w", "weights.bin", 3).Node("Mul", ["x", "w"], ["y"]).Bytes();
        File.WriteAllBytes(path, model);
        File.WriteAllBytes(Path.Combine(folder.FullName, "weights.bin"),
            MemoryMarshal.AsBytes<float>(new float[] { 2, 3, 4 }).ToArray());
        try
        {
            using GraphSession session = GraphSession.FromFile(path, OneThread);
            using Binding binding = session.CreateBinding();
            binding.SetInput("x", [1f, 10, 100], [3]);
            binding.BindOutput("y");
            binding.Run();

            Assert.That(session.Name, Is.EqualTo(path));
            Assert.That(binding.Output("y").ToArray(), Is.EqualTo(new float[] { 2, 30, 400 }));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void Unusable_options_are_refused() =>
        Assert.That(() => new ExecutionOptions { IntraOpThreads = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Sessions_that_come_and_go_leave_no_memory_behind()
    {
        for (int i = 0; i < 50; i++)
        {
            OpenAndRun();
        }

        long before = Environment.WorkingSet;
        for (int i = 0; i < 200; i++)
        {
            OpenAndRun();
        }

        // Each holds 1 MB of state while it lives: 200 kept would be 200 MB.
        Assert.That(Environment.WorkingSet - before, Is.LessThan(40L << 20));

        static void OpenAndRun()
        {
            using GraphSession session = GraphSession.FromBytes(Doubling, OneThread);
            using Binding binding = session.CreateBinding();
            using WeightBuffer state = new(Device.Default, 1 << 18);
            binding.SetInput("x", state.Slice(0, 3), [1, 3]);
            binding.BindInput("w", state, 100_000, [3]);
            binding.BindOutput("y");
            binding.Run();
            _ = binding.Output("y").Length;
            binding.Run();
        }
    }
}
