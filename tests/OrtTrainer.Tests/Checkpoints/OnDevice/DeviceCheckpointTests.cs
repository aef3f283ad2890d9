using OrtTrainer.Checkpoints;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Common;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Checkpoints.OnDevice;

/// <summary>Checkpoints of ONNX Runtime's on-device training, written here and by itself.</summary>
internal sealed class DeviceCheckpointTests
{
    private TemporaryFolder _folder = null!;

    private string FilePath => _folder.File("checkpoint");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void All_that_was_written_is_read([Values] bool isExternal)
    {
        DeviceCheckpointWriter.Write(FilePath, Content(), isExternal ? 0 : long.MaxValue);

        using DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(FilePath);
        Assert.That(file.HasExternalData, Is.EqualTo(isExternal));
        Assert.That(File.Exists(FilePath + ".data"), Is.EqualTo(isExternal));
        Assert.That(file.Trainable, Is.EqualTo(new[] { "w", "scalar" }));
        Assert.That(file.Frozen, Is.EqualTo(new[] { "ids" }));
        Assert.That(Floats(file, "w"), Is.EqualTo(Enumerable.Range(0, 100).Select(i => i / 8f)));
        Assert.That(Floats(file, "scalar"), Is.EqualTo(new[] { 0.5f }));
        long[] ids = new long[20];
        file.ReadInt64s("ids", ids);
        Assert.That(ids, Is.EqualTo(Enumerable.Range(-5, 20)));
        Assert.That(file.Require("w", 4, 25).ElementType, Is.EqualTo(ElementType.Float32));
        Assert.That((file.Optimizer!.Step, file.Optimizer.InitialLearningRate), Is.EqualTo((7L, 0.25f)));
        Assert.That(
            file.Optimizer.Moments["scalar"].Select(m => m.Name), Is.EqualTo(new[] { "momentum0", "momentum1" }));
        Assert.That(file.Properties, Is.EquivalentTo(new Dictionary<string, object>
        {
            ["n"] = 3L, ["x"] = 1.5f, ["text"] = "Grüße",
        }));
    }

    [Test]
    public void A_nominal_checkpoint_has_names_and_no_values()
    {
        DeviceCheckpointWriter.Write(FilePath, Content() with { IsNominal = true, Optimizer = null });

        using DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(FilePath);
        Assert.That(file.Names, Is.EqualTo(new[] { "w", "scalar", "ids" }));
        Assert.That(() => Floats(file, "w"), Throws.TypeOf<CheckpointException>().With.Message.EqualTo(
            $"{FilePath}: found a nominal checkpoint, which has names without values; expected one with values. Give " +
            "the checkpoint that the device saved after training."));
    }

    [Test]
    public void One_in_a_single_file_replaces_one_in_two_and_not_the_other_way_round()
    {
        DeviceCheckpointWriter.Write(FilePath, Content(), externalAbove: 0);

        Assert.That(
            () => DeviceCheckpointWriter.Write(FilePath, Content(), externalAbove: 0),
            Throws.TypeOf<RunException>().With.Message.Contains("replace two files at once"));

        DeviceCheckpointWriter.Write(FilePath, Content());
        Assert.That(Directory.GetFiles(_folder.Path), Is.EqualTo(new[] { FilePath }));
    }

    [Test]
    public void Files_of_the_runtime_and_of_its_generator_are_read()
    {
        string official = SharedFiles.Golden("ort-artifacts", "bert-classification");

        using DeviceCheckpointFile fresh = DeviceCheckpointFile.OpenFile(Path.Combine(official, "checkpoint"));
        using DeviceCheckpointFile trained =
            DeviceCheckpointFile.OpenFile(Path.Combine(official, "checkpoint_after_6_steps"));

        Assert.That(fresh.Frozen, Is.EqualTo(new[] { "bert.embeddings.position_embeddings.weight" }));
        Assert.That(fresh.Optimizer, Is.Null);
        Assert.That(trained.Trainable, Is.EquivalentTo(fresh.Trainable));
        Assert.That(trained.Optimizer!.Step, Is.EqualTo(6));
        Assert.That(trained.Optimizer.Moments.Keys, Is.EquivalentTo(trained.Trainable));
        using SafetensorsFile model =
            SafetensorsFile.OpenFile(SharedFiles.Golden("models", "bert-classification", "model.safetensors"));
        float[] expected = new float[120 * 32];
        model.ReadFloats("bert.embeddings.word_embeddings.weight", expected);
        Assert.That(Floats(fresh, "bert.embeddings.word_embeddings.weight"), Is.EqualTo(expected));
    }

    [Test]
    public void What_is_no_checkpoint_is_told_in_one_line()
    {
        _folder.Write("checkpoint", "PK\x03\x04 of a zip archive"u8.ToArray());
        Assert.That(Open, Refuses("found the file identifier \" of \"; expected a checkpoint of ONNX Runtime, whose " +
            "identifier is \"ODTC\". Give the checkpoint that a device saved"));
        _folder.Write("checkpoint", [1, 2]);
        Assert.That(Open, Refuses("found 2 bytes; expected a checkpoint"));
        Assert.That(() => DeviceCheckpointFile.OpenFile(_folder.Path), Refuses("found a folder; expected a file"));
        Assert.That(() => DeviceCheckpointFile.OpenFile(_folder.File("none")), Refuses("expected a readable file"));
    }

    [Test]
    public void Another_version_is_refused()
    {
        DeviceCheckpointWriter.Write(FilePath, Content());
        byte[] bytes = File.ReadAllBytes(FilePath);
        int root = BitConverter.ToInt32(bytes, 0);
        int field = root + BitConverter.ToInt16(bytes, root - BitConverter.ToInt32(bytes, root) + 4);
        bytes[field] = 3;
        _folder.Write("checkpoint", bytes);

        Assert.That(Open, Refuses("version: found 3; expected 2. Save it again with ONNX Runtime 1.16 to 1.19"));
    }

    [Test]
    public void A_file_that_is_cut_anywhere_is_refused_and_never_read_beyond()
    {
        DeviceCheckpointWriter.Write(FilePath, Content());
        byte[] bytes = File.ReadAllBytes(FilePath);

        // Less than 8 bytes fill it up behind the last value.
        for (int length = 0; length <= bytes.Length - 8; length++)
        {
            _folder.Write("checkpoint", bytes[..length]);
            Assert.That(Open, Throws.TypeOf<CheckpointException>(), $"{length} bytes");
        }
    }

    [Test]
    public void Flipped_bits_give_a_checkpoint_or_a_refusal_and_nothing_else()
    {
        DeviceCheckpointWriter.Write(FilePath, Content());
        byte[] bytes = File.ReadAllBytes(FilePath);
        SeededRandom random = new(1);
        int refused = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.NextInt(damaged.Length)] ^= (byte)(1 << random.NextInt(8));
            _folder.Write("checkpoint", damaged);
            try
            {
                Open();
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(100));
    }

    [Test]
    public void External_data_that_are_cut_are_refused()
    {
        DeviceCheckpointWriter.Write(FilePath, Content(), externalAbove: 0);
        byte[] data = File.ReadAllBytes(FilePath + ".data");
        _folder.Write("checkpoint.data", data[..^8]);
        Assert.That(Open, Refuses("The file is truncated or damaged"));
        File.Delete(FilePath + ".data");
        Assert.That(Open, Refuses("expected a readable file"));
    }

    [Test]
    public void Names_and_types_that_the_runtime_does_not_take_are_not_written()
    {
        void Refuse(string message, params TensorData[] tensors) => Assert.That(
            () => DeviceCheckpointWriter.Write(FilePath, new DeviceCheckpoint { Trainable = tensors }),
            Throws.ArgumentException.With.Message.Contains(message));
        TensorData one = TensorData.Floats("w", [1], new float[1]);
        Refuse("is used twice", one, one);
        Refuse("ends as ONNX Runtime names gradients", one.Named("w_grad"));
        Refuse("ONNX Runtime trains Float32 alone", TensorData.Int64s("ids", [1], new long[1]));
        Refuse("is Float16", TensorData.Halves("h", [1], new Half[1]));
    }

    private NUnit.Framework.Constraints.Constraint Refuses(string message) =>
        Throws.TypeOf<CheckpointException>().With.Message.Contains(message).And.Message.Contains(_folder.Path);

    private void Open()
    {
        using DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(FilePath);
        foreach (string name in file.Names)
        {
            file.TryGet(name, out TensorInfo info);
            TensorData.Of(file, info).Visit(_ => { });
        }
    }

    private static float[] Floats(DeviceCheckpointFile file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info), name);
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }

    private static DeviceCheckpoint Content()
    {
        TensorData w = TensorData.Floats("w", [4, 25], Enumerable.Range(0, 100).Select(i => i / 8f).ToArray());
        TensorData scalar = TensorData.Floats("scalar", [], new float[] { 0.5f });
        return new DeviceCheckpoint
        {
            Trainable = [w, scalar],
            Frozen = [TensorData.Int64s("ids", [20], Enumerable.Range(-5, 20).Select(i => (long)i).ToArray())],
            Optimizer = new(7, 0.25f, new Dictionary<string, IReadOnlyList<TensorData>>
            {
                ["w"] = [w, w],
                ["scalar"] = [scalar, scalar],
            }),
            Properties = new Dictionary<string, object> { ["n"] = 3L, ["x"] = 1.5f, ["text"] = "Grüße" },
        };
    }
}
