using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cuda;
using OrtTrainer.Tests.Runtime.Cuda;

namespace OrtTrainer.Tests.Runtime;

/// <summary>Inputs that keep their places, and runs that are recorded.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RecordedBindingTests : IDisposable
{
    private static readonly byte[] Model = new TestModel().Input("x", ElementType.Float, "N", "K")
        .Input("scale", ElementType.Float).Output("y", ElementType.Float, "N", "K")
        .Node("Mul", ["x", "scale"], ["y"]).Bytes();

    private readonly RecordingDevice _device = new();
    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly WeightBuffer _y;

    public RecordedBindingTests()
    {
        _session = GraphSession.FromBytes(
            Model, new ExecutionOptions { Device = _device, RecordsRuns = true, IntraOpThreads = 1 });
        _binding = _session.CreateBinding();
        _y = new WeightBuffer(_device, 6);
    }

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
        _y.Dispose();
    }

    [TestCase(false, new float[] { 2, 4, 6, 8, 0, 0 })]
    [TestCase(true, new float[] { 2, 4, 6, 8, 6, 8 })]
    public void Rows_that_are_missing_are_filled_up(bool repeats, float[] expected)
    {
        Keep(new FixedRows(3, repeats));
        Set([1, 2, 3, 4], 2);

        _binding.Run();

        Assert.That(Y(), Is.EqualTo(expected));
    }

    [Test]
    public void What_is_played_back_reads_the_values_of_now()
    {
        Keep(new FixedRows(3));
        Set([1, 2, 3, 4, 5, 6], 2);
        _binding.Play();
        Set([7, 8], scale: 3);
        _binding.Play();
        float[] played = Y();
        _binding.Run();

        Assert.That(played, Is.EqualTo(new float[] { 21, 24, 0, 0, 0, 0 }));
        Assert.That(Y(), Is.EqualTo(played));
        Assert.That(_device.Played, Is.EqualTo(new[] { 1 }));
        Assert.That(_device.Unassigned, Is.EqualTo(1), "the session's own runs");
    }

    [Test]
    public void More_rows_than_there_is_room_for_are_refused()
    {
        Keep(new FixedRows(1));

        Assert.That(() => Set([1, 2, 3, 4], 2), Throws.ArgumentException.With.Message.EqualTo(
            "Input x has shape [2, 2]; its place takes [1, 2]."));
    }

    [Test]
    public void Without_places_nothing_is_recorded()
    {
        Assert.That(_binding.Play, Throws.InvalidOperationException.With.Message.Contains("call KeepPlaces"));
        Set([1, 2], 2);
        Assert.That(() => Keep(new FixedRows(1)), Throws.InvalidOperationException.With.Message.Contains("before any"));
    }

    [Test]
    public void A_device_that_records_nothing_has_no_such_session() =>
        Assert.That(
            () => GraphSession.FromBytes(Model, new ExecutionOptions { RecordsRuns = true }, "steps"),
            Throws.ArgumentException.With.Message.Contains("steps: cpu records no runs."));

    [Test]
    public void Onnx_runtime_is_told_of_graphs_where_a_session_records()
    {
        Assert.That(
            CudaDevice.First.ProviderOptions(new ExecutionOptions { RecordsRuns = true })["enable_cuda_graph"],
            Is.EqualTo("1"));
        Assert.That(CudaDevice.First.ProviderOptions(new ExecutionOptions())["enable_cuda_graph"], Is.EqualTo("0"));
        Assert.That(CudaDevice.GraphOf(null), Is.EqualTo(("gpu_graph_id", "-1")), "neither captured nor replayed");
        Assert.That(CudaDevice.GraphOf(12), Is.EqualTo(("gpu_graph_id", "12")));
        using RunOptions options = new();
        CudaDevice.First.Assign(options, 12);
        Assert.That(CudaDevice.First.RecordsRuns);
    }

    private void Keep(FixedRows rows)
    {
        _binding.BindOutput("y", _y, 0, [rows.Count, 2]);
        _binding.KeepPlaces(1, new Dictionary<string, FixedRows> { ["x"] = rows });
    }

    private void Set(ReadOnlySpan<float> x, float scale)
    {
        _binding.SetInput("x", x, [x.Length / 2, 2]);
        _binding.SetInput("scale", [scale], []);
    }

    private float[] Y()
    {
        float[] values = new float[6];
        _y.Read(0, values);
        return values;
    }
}
