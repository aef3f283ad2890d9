using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Export;

/// <summary>A failed export says why and damages nothing.</summary>
public sealed class ExportFailureTests
{
    [Test]
    public void A_failed_export_leaves_the_earlier_one_and_what_else_is_there()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        using TemporaryFolder empty = new();
        output.Write("notes.txt", "mine");
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        Dictionary<string, byte[]> before = Contents(output.Path);
        tiny.Parameters.Clear();

        RunException? refused = Assert.Throws<RunException>(() => ModelExporter.Export(
            output.Path, tiny.Model with { TokenizerFolder = empty.Path }, TinyClassifier.Provenance));

        Assert.That(refused!.Message, Does.Contain(empty.Path).And.Contain("vocab.txt"));
        Assert.That(Contents(output.Path), Is.EquivalentTo(before));
    }

    [Test]
    public void A_failed_export_into_a_new_folder_leaves_none()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder parent = new();
        string output = parent.File("new");

        Assert.Throws<RunException>(() => ModelExporter.Export(
            output, tiny.Model with { TokenizerFolder = parent.Path }, TinyClassifier.Provenance));

        Assert.That(Directory.Exists(output), Is.False);
    }

    [Test]
    public void An_export_that_answers_otherwise_than_its_reference_replaces_nothing()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        using EvaluationSession session = tiny.Evaluation();
        using WeightBuffer own = new(Device.Default, tiny.Parameters.Length);
        tiny.Parameters.Slice(0, (int)own.Length).CopyTo(own.Slice(0, (int)own.Length));
        ExportReference sound = new(tiny.Examples, session, own, TinyClassifier.OneThread);
        ExportResult first = ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance, sound);
        Assert.That(first.Comparison!.Agrees, Is.True);
        Dictionary<string, byte[]> before = Contents(output.Path);
        tiny.Parameters.Slice(0, 100).Fill(0.3f);

        ExportMismatchException? caught = Assert.Throws<ExportMismatchException>(
            () => ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance, sound));

        string graph = output.File(Path.Combine("onnx", "model.onnx"));
        Assert.That(caught!.Message, Does.Contain(graph).And.Contain("untouched"));
        Assert.That(Contents(output.Path), Is.EquivalentTo(before));
    }

    [Test]
    public void What_a_killed_export_left_behind_is_cleared()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        Directory.CreateDirectory(output.File(".export.partial"));
        output.Write(Path.Combine(".export.partial", "config.json"), "half");

        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);

        Assert.That(Directory.GetDirectories(output.Path).Select(Path.GetFileName), Is.EqualTo(new[] { "onnx" }));
        Assert.That(File.ReadAllText(output.File("config.json")), Does.Not.Contain("half"));
    }

    [Test]
    public void The_folder_of_the_base_model_is_refused()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        byte[] before = File.ReadAllBytes(Path.Combine(tiny.Folder, "config.json"));

        string own = tiny.Folder + Path.DirectorySeparatorChar;

        Assert.That(() => ModelExporter.Export(own, tiny.Model, TinyClassifier.Provenance),
            Throws.TypeOf<RunException>().With.Message.Contains(tiny.Folder));

        Assert.That(File.ReadAllBytes(Path.Combine(tiny.Folder, "config.json")), Is.EqualTo(before));
    }

    [Test]
    public void A_file_in_the_place_of_the_folder_is_named()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder parent = new();
        string file = parent.Write("out", "a file");

        Assert.That(() => ModelExporter.Export(file, tiny.Model, TinyClassifier.Provenance),
            Throws.TypeOf<FileWriteException>().With.Message.Contains(file));
        Assert.That(File.ReadAllText(file), Is.EqualTo("a file"));
    }

    [Test]
    public void A_score_that_is_not_defined_is_null()
    {
        Provenance provenance = TinyClassifier.Provenance with
        {
            Scores = new Dictionary<string, double> { ["test_live"] = double.NaN, ["live"] = 0.5 },
        };

        Assert.That(provenance.ToMetadata().Single(m => m.Key == "orttrainer.scores").Value,
            Is.EqualTo("""{"live":0.5,"test_live":null}"""));
    }

    [TestCase(0, 5, 1, 5)]
    [TestCase(5, 4, 1, 1)]
    [TestCase(1, 5, 0, 5)]
    [TestCase(1, 5, 1, 0)]
    public void Averaged_steps_that_cannot_be_are_refused(long first, long last, long interval, long count)
    {
        Assert.That(() => new AveragedSteps(first, last, interval, count),
            Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static Dictionary<string, byte[]> Contents(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(p => p, File.ReadAllBytes);
}
