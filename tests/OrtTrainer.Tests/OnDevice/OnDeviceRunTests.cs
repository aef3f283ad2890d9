using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Artifacts;
using OrtTrainer.Checkpoints;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Methods;
using OrtTrainer.OnDevice;
using OrtTrainer.Options;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.OnDevice;

/// <summary>
/// Runs whose steps a training session of ONNX Runtime takes, on a library that stands in for one
/// (<see cref="StandInTable"/>): the calls in their order, and what comes of them.
/// </summary>
public sealed class OnDeviceRunTests
{
    private const float Rate = 0.01f;

    private static readonly string[] ByHand =
    [
        "--optimizer", "sgd", "--momentum", "0", "--lr", "0.01", "--schedule", "constant", "--clip", "1e9",
        "--method", "swa", "--swa-start", "0.5", "--accumulation", "2", "--max-steps", "4",
    ];

    /// <summary>60 examples in passes of 8, two to a step; the loss of a pass is 0.5 and every gradient 1.</summary>
    [Test]
    public void Calls_rates_and_the_average_over_the_flat_buffer_are_those_made_by_hand()
    {
        using TinyTask task = new();

        StandInRun run = StandInRun.Of(Words(task, "run", ByHand), constantGradient: true);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        string[] calls = [.. run.Calls.Select(call => call.StartsWith("TrainStep", StringComparison.Ordinal)
            ? "TrainStep" : call)];
        string[] step =
        [
            "TrainStep", "TrainStep", "SetLearningRate 0.01", "OptimizerStep", "LazyResetGrad",
            "CopyParametersToBuffer 1",
        ];
        string[] expected =
        [
            "LoadCheckpoint checkpoint", "CreateTrainingSession",
            .. step, .. step, .. step, .. step,
            "SaveCheckpoint checkpoint.moments 1", "SaveCheckpoint checkpoint.trained 1",
            "CopyBufferToParameters 1", "SaveCheckpoint checkpoint.averaged 0",
            "ReleaseTrainingSession", "ReleaseCheckpointState",
        ];
        Assert.That(calls, Is.EqualTo(expected));

        // Two gradients of 1 are summed: a step is -0.02. Averaged are the weights after the third and the fourth.
        string files = Artifacts(task, "run");
        using DeviceCheckpointFile start = Open(files, TrainingArtifacts.CheckpointName);
        using DeviceCheckpointFile last = Open(files, OnDeviceTrainer.TrainedName);
        using DeviceCheckpointFile mean = Open(files, OnDeviceTrainer.AveragedName);
        using SafetensorsFile weights = SafetensorsFile.OpenFile(
            Path.Combine(task.Output("run"), "run", "averaged.safetensors"));
        foreach (string name in start.Names)
        {
            float[] begun = Floats(start, name);
            Assert.That(Floats(last, name), Is.EqualTo(begun.Select(w => w - (8 * Rate))).Within(1e-6), name);
            Assert.That(Floats(mean, name), Is.EqualTo(begun.Select(w => w - (7 * Rate))).Within(1e-6), name);
            Assert.That(Floats(weights, name), Is.EqualTo(Floats(mean, name)), name);
        }

        Assert.That(last.Optimizer!.Step, Is.EqualTo(4));
        Assert.That(mean.Optimizer, Is.Null);
    }

    [Test]
    public void The_last_step_of_an_epoch_has_the_passes_that_are_left()
    {
        using TinyTask task = new();

        StandInRun run = StandInRun.Of(Words(task, "run", ByHand), constantGradient: true);

        int[] rows = [.. run.Calls.Where(call => call.StartsWith("TrainStep", StringComparison.Ordinal))
            .Select(call => int.Parse(call["TrainStep [".Length..].Split(',')[0]))];
        Assert.That(rows, Is.EqualTo(new[] { 8, 8, 8, 8, 8, 8, 8, 4 }), run.Error);
    }

    private static readonly string[][] Methods =
    [
        ["--method", "swa", "--swa-start", "0.3"],
        ["--method", "label-smoothing+ema", "--accumulation", "3"],
        ["--method", "lookahead", "--period", "3"],
        ["--method", "finetune", "--optimizer", "sgd", "--momentum", "0", "--lr", "0.1"],
    ];

    [TestCaseSource(nameof(Methods))]
    public void Losses_scores_and_weights_are_those_of_this_programs_own_steps(params string[] method)
    {
        using TinyTask task = new();
        string[] words = ["--epochs", "3", "--dropout", "0", "--weight-decay", "0", .. method];

        StandInRun run = StandInRun.Of(Words(task, "theirs", words));
        StandInRun own = StandInRun.Without(
            [.. Words(task, "own", words).Where(word => word is not ("--engine" or "ort-training"))]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(own.ExitCode, Is.Zero, own.Error);
        (double[] losses, double[] expected) = (Losses(task, "theirs"), Losses(task, "own"));
        Assert.That(losses, Has.Length.GreaterThan(5));
        Assert.That(losses, Is.EqualTo(expected).Within(1e-4));
        Assert.That(losses[^1], Is.LessThan(losses[0]));
        foreach (string file in new[] { "last.safetensors", "averaged.safetensors" })
        {
            if (!File.Exists(Path.Combine(task.Output("own"), "run", file)))
            {
                continue;
            }

            using SafetensorsFile ours = SafetensorsFile.OpenFile(Path.Combine(task.Output("own"), "run", file));
            using SafetensorsFile theirs = SafetensorsFile.OpenFile(Path.Combine(task.Output("theirs"), "run", file));

            // A key bias has no gradient but rounding, of which AdamW makes steps.
            foreach (string name in ours.Names.Where(n => !n.EndsWith("key.bias", StringComparison.Ordinal)))
            {
                Assert.That(Floats(theirs, name), Is.EqualTo(Floats(ours, name)).Within(2e-3), $"{file} {name}");
            }
        }
    }

    [Test]
    public void A_run_that_was_interrupted_goes_on_to_the_same_bits()
    {
        using TinyTask task = new();
        string[] words = ["--epochs", "6", "--method", "swa", "--json"];
        StandInRun whole = StandInRun.Of(Words(task, "whole", words));

        StandInRun part = StandInRun.Of(Words(task, "parts", words), interruptedAt: "\"step\":3,");
        StandInRun rest = StandInRun.Of(["finetune", "--resume", task.Output("parts"), "--json"]);

        Assert.That(whole.ExitCode, Is.Zero, whole.Error);
        Assert.That(part.ExitCode, Is.EqualTo(130), part.Error);
        Assert.That(rest.ExitCode, Is.Zero, rest.Error);
        int Steps(StandInRun run) => run.Calls.Count(call => call == "OptimizerStep");
        Assert.That(Steps(part), Is.GreaterThanOrEqualTo(3).And.LessThan(Steps(whole)));
        Assert.That(Steps(part) + Steps(rest), Is.EqualTo(Steps(whole)));
        foreach (string file in new[] { "last.safetensors", "averaged.safetensors" })
        {
            Assert.That(task.RunFile("parts", file), Is.EqualTo(task.RunFile("whole", file)), file);
        }
    }

    [Test]
    public void What_is_frozen_stays_and_is_not_in_the_flat_buffer()
    {
        using TinyTask task = new();

        StandInRun run = StandInRun.Of(Words(
            task, "run", "--layers-trainable", "1", "--freeze", "*LayerNorm*", "--method", "swa", "--epochs", "1"));

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        using DeviceCheckpointFile start = Open(Artifacts(task, "run"), TrainingArtifacts.CheckpointName);
        using SafetensorsFile last = SafetensorsFile.OpenFile(
            Path.Combine(task.Output("run"), "run", "last.safetensors"));
        Assert.That(start.Frozen, Does.Contain("bert.encoder.layer.0.output.dense.weight")
            .And.Contain("bert.encoder.layer.1.output.LayerNorm.weight"));
        Assert.That(start.Trainable, Does.Contain("bert.encoder.layer.1.output.dense.weight"));
        foreach (string name in start.Names)
        {
            Assert.That(
                Floats(start, name).SequenceEqual(Floats(last, name)), Is.EqualTo(start.Frozen.Contains(name)), name);
        }
    }

    [Test]
    public void A_name_to_freeze_that_the_model_lacks_is_refused_before_anything_is_written()
    {
        using TinyTask task = new();

        StandInRun run = StandInRun.Of(Words(task, "run", "--freeze", "bert.pooler.dense.wait"));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("no parameter of the model is called bert.pooler.dense.wait."));
        Assert.That(run.Calls, Is.Empty);
        Assert.That(Directory.Exists(task.Output("run")), Is.False);
    }

    [Test]
    public void The_run_says_which_library_takes_its_steps_and_exports_what_predicts()
    {
        using TinyTask task = new();

        StandInRun run = StandInRun.Of(Words(task, "run", "--epochs", "2"));

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("engine       steps by ONNX Runtime 1.19.2, "));
        Assert.That(File.Exists(Path.Combine(task.Output("run"), "onnx", "model.onnx")));
        string step = File.ReadLines(Path.Combine(task.Output("run"), "run", "metrics.jsonl")).First();
        Assert.That(JsonNode.Parse(step)!["gradient_norm"], Is.Null);
        FineTuneOptions kept = FineTuneOptions.Read(Path.Combine(task.Output("run"), "run", "options.json"));
        Assert.That((kept.Engine, kept.Dropout, kept.WeightDecay), Is.EqualTo(("ort-training", 0.0, 0.0)));
    }

    [Test]
    public void Without_the_training_API_one_line_tells_what_was_found_and_nothing_is_written()
    {
        using TinyTask task = new();

        StandInRun run = StandInRun.Without(Words(task, "run"));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Match(
            "^error: --engine ort-training: .*onnxruntime.*: ONNX Runtime 1\\.[0-9.]+ here was built without the "
            + "training API\\."));
        Assert.That(run.Error, Does.Contain("ORTTRAINER_TRAINING_LIBRARY").And.Contain("-p:OrtTraining=PATH"));
        Assert.That(Directory.Exists(task.Output("run")), Is.False);
    }

    [Test]
    public void A_library_that_is_missing_or_no_library_is_named()
    {
        using TinyTask task = new();
        string text = task.Train;

        StandInRun missing = StandInRun.Without(Words(task, "run"), "/no/libonnxruntime.so");
        StandInRun other = StandInRun.Without(Words(task, "run"), text);

        Assert.That((missing.ExitCode, other.ExitCode), Is.EqualTo((1, 1)));
        Assert.That(missing.Error, Does.Contain("/no/libonnxruntime.so: there is no such file."));
        Assert.That(other.Error, Does.Contain($"{text}: the library cannot be loaded"));
        Assert.That(Directory.Exists(task.Output("run")), Is.False);
    }

    private static IReadOnlyList<string> Words(TinyTask task, string output, params string[] more) =>
    [
        "finetune", "--engine", "ort-training", "--model", task.Model, "--train", task.Train, "--eval", task.Eval,
        "--batch-size", "8", "--max-length", "16", "--threads", "1", "--out", task.Output(output),
        .. more.Contains("--lr") ? Array.Empty<string>() : ["--lr", "5e-3"], .. more,
    ];

    private static string Artifacts(TinyTask task, string output) =>
        Path.Combine(task.Output(output), "run", "artifacts");

    private static double[] Losses(TinyTask task, string output) =>
    [
        .. File.ReadLines(Path.Combine(task.Output(output), "run", "metrics.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("loss", out _)).Select(line => line.GetProperty("loss").GetDouble()),
    ];

    private static DeviceCheckpointFile Open(string folder, string name) =>
        DeviceCheckpointFile.OpenFile(Path.Combine(folder, name));

    private static float[] Floats(Checkpoint file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info), name);
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }
}
