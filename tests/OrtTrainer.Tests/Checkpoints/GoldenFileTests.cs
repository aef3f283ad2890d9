using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>
/// Weight files that PyTorch and safetensors wrote: every folder of files is recognised by what lies in it, so that
/// another set with other names, sizes and values is checked the same way.
/// </summary>
internal sealed class GoldenFileTests
{
    private static readonly string[] Expected = ["expected-f32.safetensors", "expected.safetensors"];

    [Test]
    public void Every_weight_folder_reads_as_its_expected_values()
    {
        var folders = Directory.GetDirectories(SharedFiles.Golden("files"))
            .Where(folder => Path.GetFileName(folder) != "tensorboard").ToArray();

        Assert.That(folders, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var folder in folders)
            {
                CheckFolder(folder);
            }
        });
    }

    [Test]
    public void Every_file_that_would_run_code_is_refused_by_name()
    {
        var files = Directory.GetFiles(SharedFiles.Golden("files"));

        Assert.That(files, Is.Not.Empty);
        foreach (var file in files)
        {
            Assert.That(Path.GetFileName(file), Does.StartWith("refuse-"), "an unknown kind of file");
            Assert.That(
                () => PyTorchFile.OpenFile(file),
                Throws.TypeOf<CheckpointException>().With.Message.Contains("the Python name \"")
                    .And.Message.Contains("Nothing was run"));
        }
    }

    [Test]
    public void Every_golden_model_opens_with_its_configuration()
    {
        foreach (var folder in Directory.GetDirectories(SharedFiles.Golden("models")))
        {
            using var checkpoint = Checkpoint.Open(folder);

            Assert.That(checkpoint.Names, Is.Not.Empty, folder);
            Assert.That(ModelConfig.Load(folder).ModelType, Is.Not.Empty, folder);
        }
    }

    private static void CheckFolder(string folder)
    {
        using var actual = Checkpoint.Open(folder);
        var expectedPath = Expected.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (expectedPath is null)
        {
            // Shards hold a golden model's own weights; the single-file original is among the models.
            Assert.That(Path.GetFileName(folder), Does.Contain("sharded"), "an unknown kind of folder");
            expectedPath = Path.Combine(SharedFiles.Golden("models", "bert-classification"), "model.safetensors");
        }

        using var expected = SafetensorsFile.OpenFile(expectedPath);
        Assert.That(actual.Names, Is.EquivalentTo(expected.Names), folder);
        foreach (var name in expected.Names)
        {
            expected.TryGet(name, out var info);
            Assert.That(actual.Require(name, info.Shape.AsSpan()).ElementCount, Is.EqualTo(info.ElementCount));
            Assert.That(ReadFloats(actual, name), Is.EqualTo(ReadFloats(expected, name)), $"{folder} {name}");
            if (info.ElementType == ElementType.Int64)
            {
                Assert.That(ReadInt64s(actual, name), Is.EqualTo(ReadInt64s(expected, name)), $"{folder} {name}");
            }
        }
    }

    private static float[] ReadFloats(Checkpoint checkpoint, string name)
    {
        var values = new float[checkpoint.TryGet(name, out var info) ? info.ElementCount : 0];
        checkpoint.ReadFloats(name, values);
        return values;
    }

    private static long[] ReadInt64s(Checkpoint checkpoint, string name)
    {
        var values = new long[checkpoint.TryGet(name, out var info) ? info.ElementCount : 0];
        checkpoint.ReadInt64s(name, values);
        return values;
    }
}
