using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models.Building;

namespace OrtTrainer.Tests.Models;

/// <summary>Weight files whose tensors are not the parameters one by one.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StoredTensorsTests : IDisposable
{
    private const int Width = TinyDecoder.Width;

    private readonly TemporaryFolder _folder = new();
    private readonly ParameterLayout _layout =
        PackedGraph.Evaluation(TinyDecoder.Make(), new TinyDecoder.TiedHead()).Layout;
    private readonly WeightBuffer _weights;

    public StoredTensorsTests()
    {
        _weights = new WeightBuffer(Device.Default, _layout.Length);
        float next = 0;
        foreach (ParameterSpec parameter in _layout.Parameters)
        {
            foreach (ref float value in _weights.Slice(_layout.OffsetOf(parameter), (int)parameter.Length))
            {
                value = ++next;
            }
        }
    }

    private string Path => _folder.File("model.safetensors");

    public void Dispose()
    {
        _weights.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void Queries_keys_and_values_lie_side_by_side_in_one_tensor_of_inputs_first()
    {
        Write();

        using SafetensorsFile file = SafetensorsFile.OpenFile(Path);
        float[] stored = Read(file, "tiny.h.1.c_attn.weight", Width, 3 * Width);
        string[] parts = ["q", "k", "v"];
        for (int part = 0; part < parts.Length; part++)
        {
            float[] own = Values($"tiny.h.1.{parts[part]}.weight");
            for (int i = 0; i < Width; i++)
            {
                for (int o = 0; o < Width; o++)
                {
                    Assert.That(stored[(i * 3 * Width) + (part * Width) + o], Is.EqualTo(own[(o * Width) + i]));
                }
            }
        }

        Assert.That(Read(file, "tiny.h.1.c_attn.bias", 3 * Width), Is.EqualTo(
            parts.SelectMany(p => Values($"tiny.h.1.{p}.bias"))));
    }

    [Test]
    public void A_matrix_of_inputs_first_is_turned()
    {
        Write();

        using SafetensorsFile file = SafetensorsFile.OpenFile(Path);
        float[] stored = Read(file, "tiny.h.0.c_fc.weight", Width, 12), own = Values("tiny.h.0.c_fc.weight");
        Assert.That(stored, Is.EqualTo(
            from i in Enumerable.Range(0, Width)
            from o in Enumerable.Range(0, 12)
            select own[(o * Width) + i]));
    }

    [Test]
    public void A_tied_weight_is_written_once()
    {
        Write();

        using SafetensorsFile file = SafetensorsFile.OpenFile(Path);
        Assert.That(file.Names, Is.Unique.And.Contains("tiny.wte.weight").And.Not.Contains("lm_head.weight"));
        Assert.That(file.Names, Has.None.Contains(".q."));
    }

    [Test]
    public void What_was_written_is_read_again()
    {
        Write();
        using WeightBuffer again = new(Device.Default, _layout.Length);

        _layout.Fill(again, Path);

        int length = (int)_layout.Length;
        Assert.That(again.Slice(0, length).ToArray(), Is.EqualTo(_weights.Slice(0, length).ToArray()));
    }

    [Test]
    public void A_stacked_tensor_of_another_shape_is_refused_by_name()
    {
        float[] values = new float[Width * 3 * Width];
        SafetensorsWriter.Write(Path, StoredTensors.Of(_layout, _weights).Select(t => t.Name == "tiny.h.0.c_attn.weight"
            ? TensorData.Floats(t.Name, [3 * Width, Width], values)
            : t));

        Assert.That(() => _layout.Fill(_weights, Path), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains("tiny.h.0.c_attn.weight").And.Message.Contains("[24, 8]")
            .And.Message.Contains("[8, 24]"));
    }

    [Test]
    public void Parameters_that_leave_a_gap_in_their_tensor_cannot_be_written()
    {
        ParameterLayout layout = new([ParameterView.Of(
            new ParameterSpec("q", [2, 2], ParameterInitialization.Normal, WeightDecay: true)
            {
                Storage = new ParameterStorage("qkv") { FirstRow = 2, Rows = 6 },
            })]);
        using WeightBuffer weights = new(Device.Default, layout.Length);

        Assert.That(() => StoredTensors.Of(layout, weights).ToList(), Throws.TypeOf<RunException>()
            .With.Message.Contains("'qkv' [6, 2]"));
    }

    private void Write() => SafetensorsWriter.Write(Path, StoredTensors.Of(_layout, _weights));

    private float[] Values(string name) =>
        _layout.Read(_weights, _layout.Parameters.Single(p => p.Name == name));

    private static float[] Read(SafetensorsFile file, string name, params long[] shape)
    {
        float[] values = new float[file.Require(name, shape).ElementCount];
        file.ReadFloats(name, values);
        return values;
    }
}
