using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class BindingTests
{
    private GraphSession _session = null!;
    private Binding _binding = null!;
    private WeightBuffer _buffer = null!;

    // sum = x + w, with x [N, 2] and w [2]; count = ids + ids.
    private static byte[] Model { get; } = new TestModel()
        .Input("x", ElementType.Float, "N", "2").Input("w", ElementType.Float, "2")
        .Input("ids", ElementType.Int64, "M")
        .Output("sum", ElementType.Float, "N", "2").Output("count", ElementType.Int64, "M")
        .Node("Add", ["x", "w"], ["sum"]).Node("Add", ["ids", "ids"], ["count"]).Bytes();

    [SetUp]
    public void Open()
    {
        _session = GraphSession.FromBytes(Model, new ExecutionOptions { IntraOpThreads = 1 }, "adding");
        _binding = _session.CreateBinding();
        _buffer = new WeightBuffer(Device.Default, 64);
        for (int i = 0; i < 64; i++)
        {
            _buffer.Span[i] = i;
        }

        _binding.SetInput("x", [1f, 2], [1, 2]);
        _binding.SetInput("w", [10f, 20], [2]);
        _binding.SetInput("ids", [3L], [1]);
        _binding.BindOutput("sum");
        _binding.BindOutput("count");
    }

    [TearDown]
    public void Close()
    {
        _binding.Dispose();
        _session.Dispose();
        _buffer.Dispose();
    }

    [Test]
    public void A_buffer_takes_the_place_of_a_batch_input_and_back_again()
    {
        Assert.That(Sum(), Is.EqualTo(new float[] { 11, 22 }));

        _binding.BindInput("w", _buffer, 30, [2]);
        Assert.That(Sum(), Is.EqualTo(new float[] { 31, 33 }));

        _binding.SetInput("w", [100f, 200], [2]);
        Assert.That(Sum(), Is.EqualTo(new float[] { 101, 202 }));
        Assert.That(_buffer.Span[30], Is.EqualTo(30), "the buffer is left alone");
    }

    [Test]
    public void Rebinding_moves_the_view_within_a_buffer()
    {
        foreach (int offset in new[] { 0, 1, 7, 62 })
        {
            _binding.BindInput("w", _buffer, offset, [2]);
            Assert.That(Sum(), Is.EqualTo(new float[] { 1 + offset, 3 + offset }));
        }
    }

    [Test]
    public void An_output_moves_from_buffer_to_buffer_and_to_the_runtime()
    {
        using WeightBuffer other = new(Device.Default, 2);
        _binding.BindOutput("sum", _buffer, 5, [1, 2]);
        _binding.Run();
        _binding.BindOutput("sum", other, 0, [1, 2]);
        _binding.SetInput("x", [3f, 4], [1, 2]);
        _binding.Run();

        Assert.That(_buffer.Slice(4, 4).ToArray(), Is.EqualTo(new float[] { 4, 11, 22, 7 }));
        Assert.That(other.Span.ToArray(), Is.EqualTo(new float[] { 13, 24 }));
        Assert.That(() => _binding.Output("sum").Length, Throws.ArgumentException, "it lies in the buffer");

        _binding.BindOutput("sum");
        Assert.That(Sum(), Is.EqualTo(new float[] { 13, 24 }));
    }

    [Test]
    public void A_smaller_batch_leaves_nothing_of_a_larger_one()
    {
        _binding.SetInput("x", [1f, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
        Assert.That(Sum(), Has.Length.EqualTo(8));

        _binding.SetInput("x", [9f, 9], [1, 2]);
        Assert.That(Sum(), Is.EqualTo(new float[] { 19, 29 }));
        Assert.That(_binding.OutputShape("sum"), Is.EqualTo(new long[] { 1, 2 }));
    }

    [Test]
    public void The_data_of_a_batch_are_copied_when_they_are_set()
    {
        float[] x = [1, 2];
        _binding.SetInput("x", x, [1, 2]);
        x[0] = 1000;

        Assert.That(Sum(), Is.EqualTo(new float[] { 11, 22 }));
    }

    [Test]
    public void Two_bindings_of_a_session_do_not_share_inputs()
    {
        using Binding other = _session.CreateBinding();
        other.SetInput("x", [100f, 100], [1, 2]);
        other.SetInput("w", [1f, 1], [2]);
        other.SetInput("ids", [1L], [1]);
        other.BindOutput("sum");
        other.BindOutput("count");
        other.Run();

        Assert.That(Sum(), Is.EqualTo(new float[] { 11, 22 }));
        Assert.That(other.Output("sum").ToArray(), Is.EqualTo(new float[] { 101, 101 }));
    }

    [Test]
    public void An_input_keeps_its_type_once_it_was_set()
    {
        Assert.That(() => _binding.SetInput("x", [1L, 2], [1, 2]),
            Throws.ArgumentException.With.Message.StartsWith("adding: input x is Float, not Int64."));
        Assert.That(() => _binding.SetInput("ids", [1f], [1]),
            Throws.ArgumentException.With.Message.StartsWith("adding: input ids is Int64, not Float."));
        Assert.That(Sum(), Is.EqualTo(new float[] { 11, 22 }), "the refused data left no trace");
    }

    [Test]
    public void A_buffer_is_bound_to_float32_values_alone()
    {
        Assert.That(() => _binding.BindInput("ids", _buffer, 0, [1]),
            Throws.ArgumentException.With.Message.StartsWith("adding: input ids is Int64, not Float."));
        Assert.That(() => _binding.BindOutput("count", _buffer, 0, [1]),
            Throws.ArgumentException.With.Message.StartsWith("adding: output count is Int64, not Float."));
    }

    [Test]
    public void A_shape_that_cannot_be_is_refused()
    {
        Assert.That(() => _binding.SetInput("x", [1f, 2], [-1, -2]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => _binding.BindInput("w", _buffer, 0, [-2]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => _binding.BindInput("w", _buffer, 0, [1L << 40, 1L << 40]), Throws.TypeOf<OverflowException>());
        Assert.That(() => _binding.BindInput("w", _buffer, 63, [2]),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("63 to 65 leave the buffer of 64"));
        Assert.That(() => _binding.BindOutput("sum", _buffer, -1, [1, 2]),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(Sum(), Is.EqualTo(new float[] { 11, 22 }), "what was bound before still is");
    }

    [Test]
    public void A_run_without_an_input_names_it()
    {
        using Binding empty = _session.CreateBinding();
        empty.SetInput("x", [1f, 2], [1, 2]);
        empty.SetInput("w", [1f, 2], [2]);
        empty.BindOutput("sum");
        empty.BindOutput("count");

        Assert.That(empty.Run, Throws.TypeOf<RuntimeFailureException>().With.Message.Contains("ids"));
    }

    [Test]
    public void An_output_of_another_type_is_not_read_as_floats()
    {
        _binding.Run();

        Assert.That(() => _binding.Output("count").Length,
            Throws.ArgumentException.With.Message.StartsWith("adding: output count is Int64, not Float."));
        Assert.That(_binding.OutputShape("count"), Is.EqualTo(new long[] { 1 }));
    }

    [Test]
    public void An_output_is_not_there_before_the_first_run() =>
        Assert.That(() => _binding.Output("sum").Length,
            Throws.InvalidOperationException.With.Message.Contains("sum").And.Message.Contains("Run"));

    [Test]
    public void A_failed_run_leaves_no_output_and_the_next_one_succeeds()
    {
        Sum();
        _binding.SetInput("w", [1f, 2, 3], [3]);
        Assert.That(_binding.Run, Throws.TypeOf<RuntimeFailureException>());
        Assert.That(() => _binding.Output("sum").Length, Throws.InvalidOperationException);

        _binding.SetInput("w", [0f, 0], [2]);
        Assert.That(Sum(), Is.EqualTo(new float[] { 1, 2 }));
    }

    [Test]
    public void A_disposed_binding_refuses_every_use()
    {
        _binding.Run();
        _binding.Dispose();
        _binding.Dispose();

        // An input that was set before has memory of its own, which is gone.
        Assert.That(() => _binding.SetInput("x", [1f, 2], [1, 2]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _binding.SetInput("ids", [1L], [1]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _binding.BindInput("w", _buffer, 0, [2]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _binding.BindOutput("sum"), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _binding.BindOutput("sum", _buffer, 0, [1, 2]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(_binding.Run, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _binding.Output("sum").Length, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _binding.OutputShape("sum"), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_disposed_buffer_is_not_bound()
    {
        _buffer.Dispose();

        Assert.That(() => _binding.BindInput("w", _buffer, 0, [2]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(Sum(), Is.EqualTo(new float[] { 11, 22 }));
    }

    [Test]
    public void A_disposed_session_runs_no_binding_and_makes_none()
    {
        _session.Dispose();

        Assert.That(_binding.Run, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _session.CreateBinding(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(_session.Dispose, Throws.Nothing);
    }

    private float[] Sum()
    {
        _binding.Run();
        return _binding.Output("sum").ToArray();
    }
}
