using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Tests.Artifacts;

namespace OrtTrainer.Tests.Cli;

/// <summary>To a device and back: <c>artifacts</c>, <c>import-checkpoint</c> and <c>average</c>.</summary>
public sealed class DeviceCommandTests
{
    [Test]
    public void What_devices_trained_comes_home_and_is_averaged()
    {
        using DeskTask desk = new();
        string files = desk.File("device");
        CliRun.Of(
            "artifacts", "--model", desk.Model, "--task", "classification", "--train", desk.Train, "--out", files)
            .Succeeded();
        string[] saved = [Path.Combine(files, "a"), Path.Combine(files, "b")];
        foreach ((string checkpoint, int first) in saved.Select((path, i) => (path, i)))
        {
            string batches = desk.Write($"batches{first}.json", Batches(first).ToJsonString());
            TrainingRuntime.Run(
                files, batches, "--steps", "3", "--lr", "0.01", "--save-checkpoint", checkpoint,
                "--with-optimizer-state", "--all-params", "--params-out", desk.File($"flat{first}"));
        }

        string mean = desk.File("mean"), home = desk.File("home");
        CliRun.Of(["average", .. saved, "--weights", "3,1", "--out", mean]).Succeeded();
        CliRun imported = CliRun.Of("import-checkpoint", mean, "--model", desk.Model, "--out", home).Succeeded();

        Assert.That(imported.Out, Does.StartWith($"Exported the checkpoint {mean} to "));
        float[][] bias = [.. saved.Append(mean).Select(path => Biases(DeviceCheckpointFile.OpenFile(path)))];
        Assert.That(bias[2], Is.EqualTo(bias[0].Zip(bias[1], (a, b) => a + ((b - a) / 4))).Within(1e-7f));
        Assert.That(bias[0], Is.Not.EqualTo(bias[1]));
        Assert.That(
            Biases(SafetensorsFile.OpenFile(Path.Combine(home, "model.safetensors"))), Is.EqualTo(bias[2]));
        Assert.That(
            CliRun.Of("evaluate", "--model", home, "--data", desk.Eval).Succeeded().Out, Does.Contain("accuracy"));
        Assert.That(
            CliRun.Of("predict", "--model", home, "--input", desk.Eval).Succeeded().Lines,
            Has.Count.EqualTo(6).And.All.Contain("billing"));

        CliRun.Of(
            "import-checkpoint", Path.Combine(files, "checkpoint"), "--model", desk.Model, "--parameters",
            desk.File("flat1"), "--out", desk.File("flat")).Succeeded();
        Assert.That(
            Biases(SafetensorsFile.OpenFile(Path.Combine(desk.File("flat"), "model.safetensors"))),
            Is.EqualTo(bias[1]));
        string both = desk.File("both"), tensors = desk.File("mean.safetensors");
        string other = Path.Combine(home, "model.safetensors");
        CliRun.Of("average", home, saved[0], "--out", both).Succeeded();
        File.Copy(Path.Combine(both, "model.safetensors"), desk.File("both.safetensors"));
        CliRun.Of("average", other, desk.File("both.safetensors"), "--out", tensors).Succeeded();
        float[] half = [.. bias[2].Zip(bias[0], (a, b) => a + ((b - a) / 2))];
        Assert.That(
            Biases(SafetensorsFile.OpenFile(Path.Combine(both, "model.safetensors"))), Is.EqualTo(half).Within(1e-7f));
        Assert.That(
            Biases(SafetensorsFile.OpenFile(tensors)),
            Is.EqualTo(bias[2].Zip(half, (a, b) => (a + b) / 2)).Within(1e-7f));
    }

    [Test]
    public void Files_hold_standard_operators_and_the_manifest_names_them()
    {
        using DeskTask desk = new();
        string files = desk.File("device");

        CliRun run = CliRun.Of(
            "artifacts", "--model", desk.Model, "--task", "classification", "--num-labels", "4", "--method",
            "distillation", "--alpha", "0.5", "--layers-trainable", "1", "--out", files).Succeeded();

        Assert.That(run.Out, Does.Contain("teacher_logits").And.Contain("at random"));
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(files, "artifacts.json")))!.AsObject();
        Assert.That(
            manifest["inputs"]!.AsArray().Select(input => input!["name"]!.GetValue<string>()),
            Is.EqualTo(new[] { "input_ids", "attention_mask", "token_type_ids", "labels", "teacher_logits" }));
        foreach (JsonNode? file in manifest["files"]!.AsArray())
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(files, file!["name"]!.GetValue<string>()));
            Assert.That(
                file["sha256"]!.GetValue<string>(),
                Is.EqualTo(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))));
        }

        ModelProto training = ModelReader.Read(Path.Combine(files, "training_model.onnx"));
        Assert.That(training.Functions, Is.Empty);
        Assert.That(training.OpsetImport.Single(import => import.Domain.Length == 0).Version, Is.LessThanOrEqualTo(21));
        Assert.That(training.IrVersion, Is.LessThanOrEqualTo(10));
        Assert.That(
            training.Graph.Node.Where(node => node.Domain.Length > 0).Select(node => node.OpType).Distinct(),
            Is.EqualTo(new[] { "InPlaceAccumulatorV2" }));
        Assert.That(training.Graph.Node.Select(node => node.OpType), Has.None.EqualTo("ScatterND"));
        string[] trained =
        [
            .. training.Graph.Input.Select(input => input.Name)
                .Where(name => name.EndsWith("_grad.accumulation.buffer", StringComparison.Ordinal)),
        ];
        Assert.That(trained, Has.None.Contain("embeddings").And.None.Contain("layer.0."));
        Assert.That(trained, Has.Some.Contain("classifier").And.Some.Contain("layer.1."));
    }

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return new TestCaseData(
            new[] { "--freeze", "bert.pooler.dens.*" }, "no parameter of the model is called bert.pooler.dens.*");
        yield return new TestCaseData(new[] { "--freeze", "*" }, "all parameters of the model would be frozen");
        yield return new TestCaseData(new[] { "--layers-trainable", "9" }, "9 of them cannot be trained");
        yield return new TestCaseData(new[] { "--method", "r-drop" }, "it compares two passes with different dropout");
        yield return new TestCaseData(new[] { "--method", "swa" }, "orttrainer average");
        yield return new TestCaseData(
            new[] { "--method", "annealing-distillation" }, "its loss changes from step to step");
        yield return new TestCaseData(
            new[] { "--optimizer", "sgd", "--beta1", "0.8" }, "--beta1 belongs to adamw; the optimizer is sgd");
        yield return new TestCaseData(new[] { "--beta1", "1" }, "--beta1 is 1; expected from 0 to below 1");
        yield return new TestCaseData(new[] { "--task", "sentence_similarity" }, "Choose another --task");
    }

    [TestCaseSource(nameof(Refusals))]
    public void What_cannot_be_done_is_refused_before_anything_is_written(string[] words, string message)
    {
        using DeskTask desk = new();

        string[] task = words.Contains("--task") ? [] : ["--task", "classification"];
        CliRun run = CliRun.Of(["artifacts", "--model", desk.Model, "--out", desk.File("device"), .. task, .. words]);

        Assert.That(run.ExitCode, Is.Not.Zero);
        Assert.That(run.Error, Does.Contain(message));
        Assert.That(Path.Exists(desk.File("device")), Is.False);
    }

    [Test]
    public void A_checkpoint_of_another_model_is_refused_by_its_first_tensor_that_does_not_fit()
    {
        using DeskTask desk = new();
        string files = desk.File("device"), checkpoint = Path.Combine(files, "checkpoint");
        CliRun.Of(
            "artifacts", "--model", desk.Model, "--task", "classification", "--num-labels", "3", "--out", files)
            .Succeeded();
        string config = Path.Combine(desk.Model, "config.json");
        File.WriteAllText(
            config, File.ReadAllText(config).Replace("\"intermediate_size\": 16", "\"intermediate_size\": 8"));

        CliRun run = CliRun.Of("import-checkpoint", checkpoint, "--model", desk.Model, "--out", desk.File("home"));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain(
            $"{checkpoint}: tensor \"bert.encoder.layer.0.intermediate.dense.weight\": " +
            "found shape [16, 8]; expected shape [8, 8], as in the model. It is a checkpoint of another model"));
        Assert.That(Path.Exists(desk.File("home")), Is.False);
    }

    // A few sentences of ids, labeled by their first word.
    private static JsonArray Batches(int first)
    {
        JsonObject Tensor(string type, int[] shape, IEnumerable<int> values) => new()
        {
            ["dtype"] = type,
            ["dims"] = new JsonArray([.. shape.Select(size => JsonValue.Create(size))]),
            ["data"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]),
        };
        int[] ids = [2, 5 + first, 6, 3, 2, 9 + first, 10, 3];
        return
        [
            new JsonObject
            {
                ["input_ids"] = Tensor("int64", [2, 4], ids),
                ["attention_mask"] = Tensor("int64", [2, 4], ids.Select(_ => 1)),
                ["token_type_ids"] = Tensor("int64", [2, 4], ids.Select(_ => 0)),
                ["labels"] = Tensor("int64", [2], [0, 1]),
            },
        ];
    }

    private static float[] Biases(Checkpoint file)
    {
        using (file)
        {
            Assert.That(file.TryGet("classifier.bias", out TensorInfo info));
            float[] values = new float[info.ElementCount];
            file.ReadFloats("classifier.bias", values);
            return values;
        }
    }
}
