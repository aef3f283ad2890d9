using System.Security.Cryptography;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Compilation;
using OrtTrainer.Packs;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Packs;

/// <summary>What goes into a pack, how large it may be, and what is said where it does not fit.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PackWriterTests : IDisposable
{
    private readonly TinyPack _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Test]
    public void Every_file_is_the_one_that_the_manifest_speaks_of()
    {
        string folder = _tiny.Write();

        Pack pack = Pack.Open(folder);

        Assert.That(
            pack.Manifest.Files.Select(file => file.File),
            Is.EquivalentTo(Directory.GetFiles(folder).Select(Path.GetFileName).Where(name => name != "pack.json")));
        foreach (PackFile file in pack.Manifest.Files)
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(folder, file.File));
            Assert.That(
                (file.Bytes, file.Sha256),
                Is.EqualTo((bytes.LongLength, Convert.ToHexStringLower(SHA256.HashData(bytes)))));
        }

        Assert.That(pack.Manifest.Bytes, Is.EqualTo(pack.Manifest.Files.Sum(file => file.Bytes)));
        Assert.That(pack.Manifest.Labels, Is.EqualTo(["a", "b", "c"]));
    }

    [Test]
    public void Trained_weights_stay_exact_and_frozen_matrices_are_off_by_half_a_step_at_most()
    {
        using Checkpoint exact = Checkpoint.Open(_tiny.Write());
        using Checkpoint halves = Checkpoint.Open(
            _tiny.Write(_tiny.Options with { Frozen = FrozenPrecision.Fp16 }, "halves"));
        using Checkpoint integers = Checkpoint.Open(
            _tiny.Write(_tiny.Options with { Frozen = FrozenPrecision.Int8 }, "integers"));

        Assert.That(integers.Names, Is.EquivalentTo(exact.Names));
        foreach (string name in exact.Names)
        {
            (float[] values, int columns) = Read(exact, name);
            float[] half = Read(halves, name).Values, integer = Read(integers, name).Values;
            bool isQuantized = columns > 1 && (name.Contains("layer.0.") || name.Contains("embeddings."))
                && !name.Contains("LayerNorm");
            Assert.That(half.SequenceEqual(values), Is.EqualTo(!isQuantized), name);
            for (int i = 0; i < values.Length; i++)
            {
                float largest = values.AsSpan(i / columns * columns, columns).ToArray().Max(Math.Abs);
                Assert.That(integer[i], Is.EqualTo(values[i]).Within(isQuantized ? 0.51 * largest / 127 : 0), name);
                Assert.That(half[i], Is.EqualTo((float)(Half)values[i]).Within(isQuantized ? 0 : 1e-3), name);
            }
        }
    }

    [Test]
    public void The_most_exact_form_that_fits_is_chosen()
    {
        PackOptions any = _tiny.Options with { Frozen = null };
        long[] sizes =
        [
            .. Enum.GetValues<FrozenPrecision>().Select(frozen =>
                PackWriter.Write(_tiny.Options with { Frozen = frozen }, _tiny.File($"{frozen}")).Bytes),
        ];
        Assert.That(sizes, Is.Ordered.Descending);

        // What pack.json may take is kept free.
        FrozenPrecision[] chosen =
        [
            .. sizes.Select(size => PackWriter.Write(any with { MaxBytes = size + 8192 }, _tiny.File("any")).Frozen),
        ];

        Assert.That(chosen, Is.EqualTo(Enum.GetValues<FrozenPrecision>()));
        long all = Directory.GetFiles(_tiny.File("any")).Sum(file => new FileInfo(file).Length);
        Assert.That(all, Is.LessThanOrEqualTo(sizes[^1] + 8192));
    }

    [Test]
    public void Where_nothing_fits_one_message_says_what_weighs_what_and_nothing_is_written()
    {
        Assert.That(
            () => _tiny.Write(_tiny.Options with { Frozen = null, MaxBytes = 1000 }),
            Throws.InstanceOf<RunException>().With.Message.Contains("at most 0.0 MB are asked for. What is trained")
                .And.Message.Contains("smaller vocabulary"));
        Assert.That(Directory.Exists(_tiny.File("pack")), Is.False);
    }

    [Test]
    public void Fewer_trained_layers_are_named_where_they_would_fit()
    {
        PackOptions last = _tiny.Options with { Frozen = FrozenPrecision.Int8 };
        long one = PackWriter.Write(last, _tiny.File("one")).Bytes;
        long two = PackWriter.Write(
            last with { Graphs = last.Graphs with { TrainLast = 2 } }, _tiny.File("two")).Bytes;
        Assert.That(two, Is.GreaterThan(one));

        Assert.That(
            () => _tiny.Write(
                last with { Graphs = last.Graphs with { TrainLast = 2 }, Frozen = null, MaxBytes = two + 8191 }),
            Throws.InstanceOf<RunException>().With.Message.Contains("With --train-last 1 and int8 it would take"));
    }

    [Test]
    public void Beside_adapters_all_layers_are_stored_as_the_size_asks()
    {
        PackOptions options = _tiny.Adapters() with { Frozen = FrozenPrecision.Int8 };
        long size = PackWriter.Write(options, _tiny.File("integers")).Bytes;

        PackManifest chosen = PackWriter.Write(
            options with { Frozen = null, MaxBytes = size + 8192 }, _tiny.File("any"));

        Assert.That(
            (chosen.Frozen, chosen.TrainLast, chosen.Lora),
            Is.EqualTo((FrozenPrecision.Int8, TinyBert.Layers, "r=4,alpha=8,dropout=0.1")));
        Assert.That(
            Directory.GetFiles(_tiny.File("any")).Sum(written => new FileInfo(written).Length),
            Is.LessThanOrEqualTo(size + 8192));
        using SafetensorsFile file = SafetensorsFile.OpenFile(_tiny.File("any/model.safetensors"));
        foreach (string name in file.Names.Where(name => name.EndsWith(".weight") && !name.Contains("LayerNorm")))
        {
            Assert.That(file.TryGet(name, out TensorInfo info));
            Assert.That(
                info.ElementType,
                Is.EqualTo(name == "classifier.weight" ? ElementType.Float32 : ElementType.Int8), name);
        }

        Assert.That(
            () => PackWriter.Write(options with { MaxBytes = 1000 }, _tiny.File("none")),
            Throws.InstanceOf<RunException>().With.Message.Contains("Leave layers out"));
    }

    [Test]
    public void The_difference_of_states_is_none_for_exact_weights_and_small_for_others()
    {
        StateDifference Of(FrozenPrecision frozen) =>
            PackWriter.Write(_tiny.Options with { Frozen = frozen }, _tiny.File("pack")).Difference!;

        StateDifference exact = Of(FrozenPrecision.Fp32), halves = Of(FrozenPrecision.Fp16),
            integers = Of(FrozenPrecision.Int8);

        Assert.That((exact.Texts, exact.Max), Is.EqualTo((2, 0.0)));
        Assert.That(halves.Max, Is.InRange(1e-6, 1e-2));
        Assert.That(integers.Mean, Is.InRange(halves.Mean, 0.05 * integers.Magnitude));
    }

    [Test]
    public void With_no_layer_the_head_alone_is_trained()
    {
        string folder = _tiny.Write(_tiny.Options with { Graphs = _tiny.Options.Graphs with { TrainLast = 0 } });

        GraphManifest graphs = Pack.Open(folder).Graphs.Manifest;

        Assert.That(
            graphs.Parameters.Where(parameter => parameter.Trained).Select(parameter => parameter.Name),
            Has.All.Match("pooler|classifier"));
        Assert.That(
            graphs.Find(GraphRole.Training)!.Inputs.Select(input => input.Name), Does.Contain("frozen_states"));
    }

    [Test]
    public void Weights_that_no_pack_wrote_are_not_replaced()
    {
        byte[] before = File.ReadAllBytes(Path.Combine(_tiny.Model, "model.safetensors"));

        Assert.That(
            () => _tiny.Write(name: "model"),
            Throws.InstanceOf<RunException>().With.Message.Contains("Give another folder"));

        Assert.That(File.ReadAllBytes(Path.Combine(_tiny.Model, "model.safetensors")), Is.EqualTo(before));
    }

    [TestCase("model.safetensors")]
    [TestCase("vocab.txt")]
    [TestCase("frozen.onnx")]
    public void A_file_that_is_another_than_the_manifest_says_is_refused(string name)
    {
        string folder = _tiny.Write(), path = Path.Combine(folder, name);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.That(
            () => Pack.Open(folder),
            Throws.InstanceOf<CheckpointException>().With.Message.Contains(name).And.Message.Contains("SHA-256"));
    }

    [TestCase("{", "JSON that describes no pack")]
    [TestCase("null", "JSON that describes no pack")]
    [TestCase("\"version\": 1", "format and version")]
    public void A_manifest_of_another_kind_is_refused(string text, string message)
    {
        string folder = _tiny.Write(), path = Path.Combine(folder, "pack.json");
        File.WriteAllText(
            path, text.Contains("version") ? File.ReadAllText(path).Replace(text, "\"version\": 2") : text);

        Assert.That(
            () => Pack.Open(folder),
            Throws.InstanceOf<CheckpointException>().With.Message.Contains(message));
    }

    private static (float[] Values, int Columns) Read(Checkpoint file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info));
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return (values, info.Shape.Length < 2 ? 1 : (int)(info.ElementCount / info.Shape[0]));
    }
}
