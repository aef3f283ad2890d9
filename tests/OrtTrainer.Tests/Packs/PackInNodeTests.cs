using System.Diagnostics;
using System.Text.Json.Nodes;
using OrtTrainer.Packs;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Export.Edge;
using OrtTrainer.Tests.Reports;

namespace OrtTrainer.Tests.Packs;

/// <summary>Packs on stock ONNX Runtime, in Node and in a page, against the engine's own training of them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PackInNodeTests : IDisposable
{
    private readonly TinyPack _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [TestCase("Fp32", 1)]
    [TestCase("Fp16", 1)]
    [TestCase("Int8", 2)]
    [TestCase("Int8", 0)]
    public void Node_has_the_losses_of_the_engine(string frozen, int last)
    {
        string pack = _tiny.Write(_tiny.Options with
        {
            Frozen = Enum.Parse<FrozenPrecision>(frozen),
            Graphs = _tiny.Options.Graphs with { TrainLast = last },
        });
        List<float> losses = [];
        using PackTraining training = new(Pack.Open(pack), _tiny.Training("engine") with { Test = _tiny.Test });
        PackOutcome outcome = training.Run(step => losses.Add(step.Loss), default);

        JsonObject[] lines = EdgeClient.Answers(Node(pack, "--test", _tiny.Test, "--out", _tiny.File("node")));

        Assert.That(
            lines[..^1].Select(line => (double)line["loss"]!),
            Is.EqualTo(losses.Select(loss => (double)loss)).Within(1e-4));
        Assert.That((double)lines[^1]["averaged_accuracy"]!, Is.EqualTo(outcome.AveragedAccuracy).Within(1e-9));
        JsonNode evaluated = JsonNode.Parse(CliRun.Of(
            "evaluate", "--model", _tiny.File("node"), "--data", _tiny.Test, "--text", "text", "--label", "label",
            "--json").Succeeded().Out)!;
        Assert.That((double)evaluated["score"]!, Is.EqualTo(outcome.AveragedAccuracy).Within(1e-6));
    }

    [TestCase("Fp32", null)]
    [TestCase("Fp16", 1)]
    [TestCase("Int8", null)]
    public void Adapters_have_the_losses_of_the_engine_and_come_home(string frozen, int? last)
    {
        string pack = _tiny.Write(_tiny.Adapters(last) with { Frozen = Enum.Parse<FrozenPrecision>(frozen) });
        List<float> losses = [];
        using PackTraining training = new(Pack.Open(pack), _tiny.Training("engine") with { Test = _tiny.Test });
        PackOutcome outcome = training.Run(step => losses.Add(step.Loss), default);

        JsonObject[] lines = EdgeClient.Answers(Node(pack, "--test", _tiny.Test, "--out", _tiny.File("node")));

        Assert.That(
            lines[..^1].Select(line => (double)line["loss"]!),
            Is.EqualTo(losses.Select(loss => (double)loss)).Within(1e-4));
        Assert.That((double)lines[^1]["averaged_accuracy"]!, Is.EqualTo(outcome.AveragedAccuracy).Within(1e-9));
        Assert.That(
            (int)lines[^1]["trained"]!,
            Is.EqualTo((2 * 2 * 4 * 16 * (last ?? 2)) + (3 * 17)), "A and B of queries and values, and the head");
        double[] merged = Predicted("--model", _tiny.File("node"));
        CliRun.Of(
            "export", "--model", pack, "--adapter", _tiny.File("node/adapter"), "--out", _tiny.File("home"))
            .Succeeded();
        Assert.That(merged, Has.Length.EqualTo(4 * 3));
        Assert.That(Predicted("--model", _tiny.File("home")), Is.EqualTo(merged).Within(1e-5));
        Assert.That(Predicted("--model", _tiny.File("engine")), Is.EqualTo(merged).Within(1e-3));
        Assert.That(
            Predicted("--model", pack, "--adapter", _tiny.File("engine/adapter")),
            Is.EqualTo(Predicted("--model", _tiny.File("engine"))).Within(1e-5));
        JsonNode evaluated = JsonNode.Parse(CliRun.Of(
            "evaluate", "--model", _tiny.File("home"), "--data", _tiny.Test, "--text", "text", "--label", "label",
            "--json").Succeeded().Out)!;
        Assert.That((double)evaluated["score"]!, Is.EqualTo(outcome.AveragedAccuracy).Within(1e-6));
    }

    [Test]
    public void One_that_was_killed_goes_on_to_the_same_weights()
    {
        string pack = _tiny.Write();
        string[] Long(string output) =>
            ["train-ort.mjs", .. Words(pack), "--epochs", "40", "--checkpoint-every", "1", "--out", _tiny.File(output)];
        EdgeClient.Answers(EdgeClient.Run(Long("whole")));
        using (Process child = NodePrograms.StartProcess(EdgeClient.Folder, "node", Long("parts")))
        {
            while ((int)JsonNode.Parse(child.StandardOutput.ReadLine()!)!["step"]! < 7)
            {
                // The checkpoint of the sixth step is there by the seventh.
            }

            child.Kill();
            child.WaitForExit();
        }

        JsonObject[] rest = EdgeClient.Answers(EdgeClient.Run(Long("parts")));

        Assert.That((int)rest[^1]["resumed_at"]!, Is.InRange(6, 239));
        Assert.That(
            File.ReadAllBytes(_tiny.File("parts/model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(_tiny.File("whole/model.safetensors"))));
        Assert.That(Directory.GetFiles(_tiny.File("parts"), "checkpoint*"), Is.Empty);
    }

    [TestCase("--max-memory 1MB", 1, "of memory are needed, 1 MB are allowed")]
    [TestCase("--max-memory much", 2, "--max-memory is much; expected a size above 0")]
    [TestCase("--max-seconds 0", 1, "--max-seconds was reached before the first step")]
    [TestCase("--epochs=-1", 2, "--epochs is -1")]
    [TestCase("--nothing 1", 2, "--nothing")]
    public void Node_says_what_is_wrong(string words, int code, string message)
    {
        (int found, string output, string error) = Node(_tiny.Write(), words.Split(' '));

        Assert.That((found, output), Is.EqualTo((code, "")));
        Assert.That(error, Does.Contain(message));
    }

    [Test]
    public void Node_refuses_a_file_that_is_another_than_the_manifest_says()
    {
        string pack = _tiny.Write(), weights = Path.Combine(pack, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);

        (int code, _, string error) = Node(pack);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("model.safetensors: its SHA-256 is "));
    }

    [Test]
    public void The_page_trains_from_typed_sentences_without_its_server_and_fits_any_width()
    {
        Browser.Require();
        string pack = _tiny.Write(), typed = _tiny.Typed();

        JsonObject result = EdgeClient.Answers(EdgeClient.Run(
            [
                "page/measure.mjs", pack, "--typed", typed, "--offline", "--again", "--epochs", "6", "--batch", "4",
                "--screenshots", _tiny.File("shots"), "--out", _tiny.File("trained"),
            ],
            ofPage: true)).Single();

        Assert.That(result["losses"]!.AsArray(), Has.Count.EqualTo(18));
        Assert.That(((int)result["epochs"]!, (int)result["averages"]!), Is.EqualTo((6, 3)));
        Assert.That(result["overflow"]!.AsArray().Select(pixels => (int)pixels!), Is.EqualTo([0, 0]));
        Assert.That((string)result["runtime"]!, Is.EqualTo("WebAssembly"));
        AssertScore((double)result["averaged"]!, typed, "--model", _tiny.File("trained"));
    }

    [Test]
    public void The_page_gives_adapters_that_come_home()
    {
        Browser.Require();
        string pack = _tiny.Write(_tiny.Adapters() with { Frozen = FrozenPrecision.Int8 }), typed = _tiny.Typed();

        JsonObject result = EdgeClient.Answers(EdgeClient.Run(
            [
                "page/measure.mjs", pack, "--typed", typed, "--epochs", "40", "--batch", "4", "--rate", "0.02", "--out",
                _tiny.File("trained"),
            ],
            ofPage: true)).Single();

        Assert.That((double)result["averaged"]!, Is.GreaterThan((double)result["accuracy_before"]! + 0.2));
        AssertScore((double)result["averaged"]!, typed, "--model", _tiny.File("trained"));
        AssertScore((double)result["averaged"]!, typed, "--model", pack, "--adapter", _tiny.File("trained/adapter"));
    }

    [Test]
    public void The_page_has_the_same_losses_on_WebGPU()
    {
        Browser.Require();
        string[] command =
        [
            "page/measure.mjs", _tiny.Write(_tiny.Adapters()), "--typed", _tiny.Typed(), "--epochs", "2", "--batch",
            "4", "--rate", "0.005", "--provider",
        ];
        (int Code, string Output, string Error) run = EdgeClient.Run([.. command, "webgpu"], ofPage: true);
        if (run.Error.Contains("offers no WebGPU adapter"))
        {
            Assert.Ignore($"Chromium has no driver for WebGPU here: {run.Error}");
        }

        JsonObject onGpu = EdgeClient.Answers(run).Single();
        JsonObject onCpu = EdgeClient.Answers(EdgeClient.Run([.. command, "wasm"], ofPage: true)).Single();

        Assert.That((string)onCpu["runtime"]!, Is.EqualTo("WebAssembly"));
        Assert.That((string)onGpu["runtime"]!, Does.StartWith("WebGPU"));
        double[] expected = [.. onCpu["losses"]!.AsArray().Select(loss => (double)loss!)];
        Assert.That(expected, Has.Length.EqualTo(6));
        Assert.That(expected.Distinct().Count(), Is.EqualTo(6));
        Assert.That(onGpu["losses"]!.AsArray().Select(loss => (double)loss!), Is.EqualTo(expected).Within(1e-3));
    }

    private void AssertScore(double expected, string typed, params string[] model)
    {
        string test = _tiny.File("typed.tsv");
        File.WriteAllText(test, "text\tlabel\n" + File.ReadAllText(typed).Replace(" | ", "\t"));
        JsonNode evaluated = JsonNode.Parse(CliRun.Of(
            ["evaluate", .. model, "--data", test, "--text", "text", "--label", "label", "--json"]).Succeeded().Out)!;
        Assert.That((double)evaluated["score"]!, Is.EqualTo(expected).Within(1e-6));
    }

    /// <summary>The scores of three labels of each of four texts.</summary>
    private double[] Predicted(params string[] words)
    {
        string texts = _tiny.File("texts.txt");
        File.WriteAllText(texts, "word1 word2\nword30 word4\nword7\nword50 word51 word52\n");
        return
        [
            .. CliRun.Of(["predict", .. words, "--input", texts]).Succeeded().Lines
                .SelectMany(line => JsonNode.Parse(line)!["scores"]!.AsObject().Select(score => (double)score.Value!)),
        ];
    }

    private string[] Words(string pack, params string[] more) =>
    [
        pack, "--train", _tiny.Train, "--epochs", "4", "--batch-size", "4", "--lr", "5e-3", "--threads", "2", .. more,
    ];

    private (int Code, string Output, string Error) Node(string pack, params string[] more) =>
        EdgeClient.Run(["train-ort.mjs", .. Words(pack, more)]);
}
