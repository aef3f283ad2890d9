using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Artifacts;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Import;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Artifacts;

/// <summary>
/// Training by ONNX Runtime 1.19.2 with the files of a device, against this engine's own training of the same model on
/// the same batches (<see cref="EngineTrace"/>), and against what official files gave.
/// </summary>
public sealed class RuntimeTrainingTests
{
    private const int Steps = 20;
    private const double Rate = 1e-3;

    private static readonly AdamWOptions Plain = new() { WeightDecay = 0 };

    [TestCase("bert-classification")]
    [TestCase("roberta-classification")]
    public void Twenty_steps_of_AdamW_are_those_of_the_engine(string name)
    {
        using DeviceFiles files = new(Shared(name));

        double[] losses = Trained(files, files.Batches());

        Assert.That(losses, Is.EqualTo(EngineTrace.Of(files.Golden, Steps, Rate, Plain)).Within(1e-4));
    }

    private static IEnumerable<TestCaseData> Distillations()
    {
        foreach (string model in new[] { "bert-classification", "bert-multilabel", "bert-regression" })
        {
            yield return new TestCaseData(model, new Distillation()).SetArgDisplayNames(model);
        }

        yield return new TestCaseData("bert-classification", new Distillation
        {
            Loss = DistillationLoss.LogitError,
            Alpha = 0.5,
        }).SetArgDisplayNames("bert-classification", "logit error");
    }

    [TestCaseSource(nameof(Distillations))]
    public void Twenty_steps_with_a_teacher_are_those_of_the_engine(string name, LossMethod method)
    {
        using DeviceFiles files = new(Shared(name), FineTuneMethod.Of(method));
        SeededRandom random = new(3);
        float[][] teacher =
        [
            .. Enumerable.Range(0, 4).Select(batch => Enumerable.Range(0, 4 * files.Golden.Outputs)
                .Select(_ => (float)((random.NextDouble() * 4) - 2)).ToArray()),
        ];

        double[] losses = Trained(files, files.Batches(teacher));

        Assert.That(
            losses, Is.EqualTo(EngineTrace.Of(files.Golden, Steps, Rate, Plain, method, teacher)).Within(1e-4));
    }

    private static IEnumerable<LossMethod> Regularizations() =>
    [
        new LabelSmoothing(), new LabelSmoothing { Convention = SmoothingConvention.Others }, new TfReg(),
        new TfReg { Temperature = 2, TemperatureSquared = true }, new Focal(), new Poly1(), new ConfidencePenalty(),
    ];

    [TestCaseSource(nameof(Regularizations))]
    public void Losses_that_the_official_generator_lacks_are_those_of_the_engine(LossMethod method)
    {
        using DeviceFiles files = new(Shared("bert-classification"), FineTuneMethod.Of(method));

        double[] losses = Trained(files, files.Batches(), steps: 6);

        Assert.That(
            losses, Is.EqualTo(EngineTrace.Of(files.Golden, 6, Rate, Plain, method)).Within(1e-4));
    }

    [Test]
    public void Frozen_parameters_stay_and_the_others_are_trained_as_by_the_engine()
    {
        using DeviceFiles files = new(
            Shared("bert-classification"),
            trainable: new() { Layers = 1, Frozen = ["*.layer.1.output.LayerNorm.*"] });
        string saved = files.File("saved");

        double[] losses = Trained(files, files.Batches(), more: ["--save-checkpoint", saved]);

        bool IsFrozen(ParameterSpec p) => p.Place.LevelsBelowHead(2) > 1
            || p.Name.Contains(".layer.1.output.LayerNorm.", StringComparison.Ordinal);
        Assert.That(losses, Is.EqualTo(
            EngineTrace.Of(files.Golden, Steps, Rate, Plain, isFrozen: IsFrozen)).Within(1e-4));
        using DeviceCheckpointFile before = Open(files), after = DeviceCheckpointFile.OpenFile(saved);
        Assert.That(after.Frozen, Is.EquivalentTo(before.Frozen));
        Assert.That(before.Frozen, Does.Contain("bert.embeddings.word_embeddings.weight"));
        foreach (string name in after.Names)
        {
            Assert.That(
                Values(before, name).SequenceEqual(Values(after, name)), Is.EqualTo(after.Frozen.Contains(name)), name);
        }
    }

    [Test]
    public void Training_goes_on_from_the_checkpoint_that_the_runtime_saved()
    {
        using DeviceFiles files = new(Shared("bert-classification"));
        string batches = files.Batches();
        double[] whole = Trained(files, batches, steps: 16);
        string saved = Path.Combine(files.Folder, "saved");

        Trained(files, batches, steps: 8, "--save-checkpoint", saved, "--with-optimizer-state");

        double[] resumed = Trained(files, batches, steps: 8, "--checkpoint", "saved");
        Assert.That(resumed, Is.EqualTo(whole[8..]).Within(1e-6));
        using DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(saved);
        Assert.That(file.Optimizer!.Step, Is.EqualTo(8));
        Assert.That(file.Optimizer.Moments.Keys, Is.EquivalentTo(file.Trainable));
        Assert.That(file.Optimizer.Moments.Values.Select(moments => moments.Count), Is.All.EqualTo(2));
        Assert.That(file.Properties[TrainingArtifacts.TaskProperty], Is.EqualTo("classification"));
    }

    [Test]
    public void A_checkpoint_with_an_optimizer_that_was_written_here_goes_on_too()
    {
        using DeviceFiles files = new(Shared("bert-classification"));
        string batches = files.Batches(), saved = Path.Combine(files.Folder, "saved");
        double[] whole = Trained(files, batches, steps: 8);
        Trained(files, batches, steps: 4, "--save-checkpoint", saved, "--with-optimizer-state");
        using (DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(saved))
        {
            OrtTrainer.Checkpoints.TensorData Copy(string name)
            {
                Assert.That(file.TryGet(name, out var info), name);
                return OrtTrainer.Checkpoints.TensorData.Of(file, info);
            }

            DeviceCheckpointWriter.Write(Path.Combine(files.Folder, "again"), new DeviceCheckpoint
            {
                Trainable = [.. file.Trainable.Select(Copy)],
                Frozen = [.. file.Frozen.Select(Copy)],
                Optimizer = file.Optimizer,
                Properties = file.Properties,
            });
        }

        Assert.That(Trained(files, batches, steps: 4, "--checkpoint", "again"), Is.EqualTo(whole[4..]).Within(1e-6));
    }

    [Test]
    public void A_checkpoint_with_external_data_is_read_by_the_runtime()
    {
        using DeviceFiles files = new(Shared("bert-classification"));
        string batches = files.Batches();
        double[] whole = Trained(files, batches, steps: 3);
        string inline = Path.Combine(files.Folder, TrainingArtifacts.CheckpointName);
        using (DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(inline))
        {
            DeviceCheckpointWriter.Write(Path.Combine(files.Folder, "large"), new DeviceCheckpoint
            {
                Trainable = [.. file.Trainable.Select(name =>
                    file.TryGet(name, out var info) ? OrtTrainer.Checkpoints.TensorData.Of(file, info) : null!)],
            }, externalAbove: 0);
        }

        Assert.That(File.Exists(Path.Combine(files.Folder, "large.data")));
        Assert.That(Trained(files, batches, steps: 3, "--checkpoint", "large"), Is.EqualTo(whole));
    }

    [Test]
    public void Steps_of_SGD_with_clipping_are_those_of_the_engine()
    {
        using DeviceFiles files = new(
            Shared("bert-classification"), optimizer: new() { IsSgd = true, ClipNorm = 1e6 });

        double[] losses = Trained(files, files.Batches(), steps: 8, "--lr", "0.05");

        Assert.That(losses, Is.EqualTo(
            EngineTrace.Of(files.Golden, 8, 0.05, new SgdOptions { Momentum = 0, WeightDecay = 0 })).Within(1e-4));
    }

    /// <summary>The generator's defaults, and the one table that it leaves frozen.</summary>
    [Test]
    public void The_losses_of_official_files_are_repeated()
    {
        string official = SharedFiles.Golden("ort-artifacts", "bert-classification");
        using DeviceFiles files = new(
            Shared("bert-classification"),
            trainable: new() { Frozen = ["bert.embeddings.position_embeddings.weight"] },
            optimizer: new() { Epsilon = 1e-6, CorrectsLate = true });

        IReadOnlyList<JsonObject> lines = TrainingRuntime.Run(
            files.Folder, Path.Combine(official, "batches.json"), "--steps", "12", "--lr", "0.001");

        JsonElement trace = JsonDocument.Parse(File.ReadAllText(Path.Combine(official, "trace.json"))).RootElement;
        Assert.That(TrainingRuntime.Losses(lines), Is.EqualTo(
            trace.GetProperty("step_losses").EnumerateArray().Select(loss => loss.GetDouble())).Within(1e-6));
        Assert.That(
            TrainingRuntime.Event(lines, "eval")["loss"]!.GetValue<double>(),
            Is.EqualTo(trace.GetProperty("eval_loss_after").GetDouble()).Within(1e-6));
    }

    /// <summary>An exported ONNX file of that model, imported and made into files of a device.</summary>
    [TestCase("bert-classification.legacy.opset14.onnx")]
    [TestCase("bert-classification.dynamo.opset18.onnx")]
    public void The_losses_of_official_files_are_repeated_by_those_of_an_imported_export(string file)
    {
        string official = SharedFiles.Golden("ort-artifacts", "bert-classification");
        using TemporaryFolder folder = new();
        string model = ModelImport.Run(SharedFiles.Golden("onnx-exports", file), folder.File("imported")).Folder;
        using DeviceFiles files = new(
            Shared("bert-classification"), trainable: new() { Frozen = ["*position_embeddings*"] },
            optimizer: new() { Epsilon = 1e-6, CorrectsLate = true }, model: model);

        IReadOnlyList<JsonObject> lines = TrainingRuntime.Run(
            files.Folder, Path.Combine(official, "batches.json"), "--steps", "12", "--lr", "0.001");

        JsonElement trace = JsonDocument.Parse(File.ReadAllText(Path.Combine(official, "trace.json"))).RootElement;
        Assert.That(TrainingRuntime.Losses(lines), Is.EqualTo(
            trace.GetProperty("step_losses").EnumerateArray().Select(loss => loss.GetDouble())).Within(1e-6));
    }

    /// <summary>The way over for who trained with official files: the session's export, imported.</summary>
    [Test]
    public void What_a_session_exported_of_official_files_comes_home_with_what_it_learned()
    {
        string official = SharedFiles.Golden("ort-artifacts", "bert-classification");
        using TemporaryFolder folder = new();
        string model = ModelImport.Run(
            Path.Combine(official, "inference_after_12_steps.onnx"), folder.File("imported")).Folder;
        using DeviceFiles files = new(Shared("bert-classification"), model: model);

        IReadOnlyList<JsonObject> lines = TrainingRuntime.Run(
            files.Folder, Path.Combine(official, "batches.json"), "--steps", "0");

        JsonElement trace = JsonDocument.Parse(File.ReadAllText(Path.Combine(official, "trace.json"))).RootElement;
        Assert.That(
            TrainingRuntime.Event(lines, "eval")["loss"]!.GetValue<double>(),
            Is.EqualTo(trace.GetProperty("eval_loss_after").GetDouble()).Within(1e-6));
    }

    [Test]
    public void The_runtime_exports_a_model_that_answers_as_the_trained_one()
    {
        using DeviceFiles files = new(Shared("bert-classification"));
        string exported = files.File("exported.onnx");

        TrainingRuntime.Run(
            files.Folder, files.Batches(), "--steps", "2", "--export", exported, "--export-outputs", "logits");

        Assert.That(new FileInfo(exported).Length, Is.GreaterThan(50_000));
    }

    private static double[] Trained(
        DeviceFiles files, string batches, int steps = Steps, params string[] more)
    {
        string[] rate = more.Contains("--lr") ? [] : ["--lr", "0.001"];
        return TrainingRuntime.Losses(TrainingRuntime.Run(
            [files.Folder, batches, "--steps", $"{steps}", .. rate, .. more]));
    }

    private static string Shared(string name) => SharedFiles.Golden("models", name);

    private static DeviceCheckpointFile Open(DeviceFiles files) =>
        DeviceCheckpointFile.OpenFile(Path.Combine(files.Folder, TrainingArtifacts.CheckpointName));

    private static float[] Values(DeviceCheckpointFile file, string name)
    {
        Assert.That(file.TryGet(name, out var info), name);
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }
}
