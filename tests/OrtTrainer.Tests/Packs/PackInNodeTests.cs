using System.Diagnostics;
using System.Text.Json.Nodes;
using OrtTrainer.Packs;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Export.Edge;
using OrtTrainer.Tests.Studies.Reports;

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
        string pack = _tiny.Write(), typed = _tiny.File("typed.txt");
        File.WriteAllText(typed, string.Concat(
            Enumerable.Range(0, 12).Select(i => $"word{i} word{i % 3}{(i % 2 == 0 ? " | " : "\t")}{"abc"[i % 3]}\n")));

        JsonObject result = EdgeClient.Answers(EdgeClient.Run(
            [
                "page/measure.mjs", pack, "--typed", typed, "--offline", "--again", "--epochs", "6", "--batch", "4",
                "--screenshots", _tiny.File("shots"), "--out", _tiny.File("trained"),
            ],
            ofPage: true)).Single();

        Assert.That(result["losses"]!.AsArray(), Has.Count.EqualTo(18));
        Assert.That(((int)result["epochs"]!, (int)result["averages"]!), Is.EqualTo((6, 3)));
        Assert.That(result["overflow"]!.AsArray().Select(pixels => (int)pixels!), Is.EqualTo([0, 0]));
        string test = _tiny.File("typed.tsv");
        File.WriteAllText(test, "text\tlabel\n" + File.ReadAllText(typed).Replace(" | ", "\t"));
        JsonNode evaluated = JsonNode.Parse(CliRun.Of(
            "evaluate", "--model", _tiny.File("trained"), "--data", test, "--text", "text", "--label", "label",
            "--json").Succeeded().Out)!;
        Assert.That((double)evaluated["score"]!, Is.EqualTo((double)result["averaged"]!).Within(1e-6));
    }

    private string[] Words(string pack, params string[] more) =>
    [
        pack, "--train", _tiny.Train, "--epochs", "4", "--batch-size", "4", "--lr", "5e-3", "--threads", "2", .. more,
    ];

    private (int Code, string Output, string Error) Node(string pack, params string[] more) =>
        EdgeClient.Run(["train-ort.mjs", .. Words(pack, more)]);
}
