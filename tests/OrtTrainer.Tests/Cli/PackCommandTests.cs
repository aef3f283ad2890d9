using System.Text.Json.Nodes;
using OrtTrainer.Tests.Packs;

namespace OrtTrainer.Tests.Cli;

/// <summary><c>pack</c> as it is typed, and the program that trains what it writes.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PackCommandTests : IDisposable
{
    private readonly TinyPack _tiny = new();

    private string Output => _tiny.File("pack");

    public void Dispose() => _tiny.Dispose();

    [Test]
    public void It_says_what_the_folder_holds_and_what_the_weights_cost()
    {
        CliRun run = CliRun.Of(
            "pack", "--model", _tiny.Model, "--train", _tiny.Train, "--train-last", "1", "--frozen", "int8", "--out",
            Output).Succeeded();

        Assert.That(
            run.Lines[0],
            Is.EqualTo("The last 1 layer and the head are trained; what stays as it is is stored in int8."));
        Assert.That(run.Out, Does.Match(@"weights\s+\d+ kB  model\.safetensors"));
        Assert.That(run.Out, Does.Match(@"on 24 texts differ from the model's own by \d\.\de-\d at most"));
        Assert.That(File.Exists(Path.Combine(Output, "runner", "train-ort.mjs")));
        Assert.That(File.Exists(Path.Combine(Output, "runner", "page", "index.html")));
    }

    [Test]
    public void With_adapters_it_says_which_layers_have_them()
    {
        CliRun run = CliRun.Of(
            "pack", "--model", _tiny.Model, "--train", _tiny.Train, "--lora", "r=4", "--out", Output).Succeeded();

        Assert.That(run.Lines[0], Is.EqualTo(
            "Adapters of the last 2 layers (r=4,alpha=16) and the head are trained; what stays as it is is stored in "
            + "fp16."));
    }

    [Test]
    public void As_JSON_it_is_what_the_manifest_says()
    {
        CliRun run = CliRun.Of(
            "pack", "--model", _tiny.Model, "--num-labels", "3", "--train-last", "1", "--max-size", "40MB", "--out",
            Output, "--json").Succeeded();

        JsonNode written = JsonNode.Parse(File.ReadAllText(Path.Combine(Output, "pack.json")))!;
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(run.Out), written));
        Assert.That(((string)written["frozen"]!, written["labels"]), Is.EqualTo(("fp32", (JsonNode?)null)));
    }

    [TestCase("--max-size", "40 parsecs", 2, "--max-size is '40 parsecs'; expected a size above 0, such as 40MB")]
    [TestCase("--frozen", "fp8", 2, "--frozen is 'fp8'; expected fp32, fp16 or int8")]
    [TestCase("--train-last", "-1", 2, "-1")]
    [TestCase("--train-last", "3", 1, "the last 3 layers are to be trained; expected a number from 0 to 2")]
    [TestCase("--num-labels", "4", 2, "--num-labels is 4, but")]
    [TestCase("--lora", "r=0", 2, "--lora has 'r=0'")]
    [TestCase("--lora", "targets=c_attn", 1, "no linear layer below the head is called 'c_attn'")]
    [TestCase("--max-size", "2kB", 1, "at most 0.0 MB are asked for")]
    [TestCase("--train", "nowhere.tsv", 1, "nowhere.tsv")]
    [TestCase("--model", "nowhere", 1, "nowhere")]
    public void What_is_wrong_is_said_in_a_line(string option, string value, int code, string message)
    {
        Dictionary<string, string> words = new()
        {
            ["--model"] = _tiny.Model, ["--train"] = _tiny.Train, ["--train-last"] = "1", ["--out"] = Output,
            [option] = value,
        };

        CliRun run = CliRun.Of(["pack", .. words.SelectMany(word => new[] { word.Key, word.Value })]);

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((code, "")));
        Assert.That(run.Error, Does.StartWith("error: ").And.Contain(message));
        Assert.That(run.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(Directory.Exists(Output), Is.False);
    }

    [Test]
    public void The_program_trains_a_pack_into_a_model_that_evaluate_reads()
    {
        _tiny.Write();
        string trained = _tiny.File("trained");

        (int code, string output, string error) = Edge(
            Output, "--train", _tiny.Train, "--test", _tiny.Test, "--epochs", "20", "--lr", "5e-3", "--out", trained);

        Assert.That((code, error), Is.EqualTo((0, "")));
        JsonNode[] lines = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)];
        Assert.That(lines, Has.Length.EqualTo(41));
        JsonNode evaluated = JsonNode.Parse(CliRun.Of(
            "evaluate", "--model", trained, "--data", _tiny.Test, "--text", "text", "--label", "label", "--json")
            .Succeeded().Out)!;
        Assert.That(
            (double)evaluated["score"]!, Is.EqualTo((double)lines[^1]["averaged_accuracy"]!).Within(1e-6));
    }

    [TestCase("--max-memory 1kB", 1, "are allowed")]
    [TestCase("--max-memory much", 2, "--max-memory is 'much'; expected a size above 0")]
    [TestCase("--epochs 0", 2, "Epochs")]
    [TestCase("--epochs many", 2, "many")]
    [TestCase("--test nowhere.tsv", 1, "nowhere.tsv")]
    public void The_program_says_what_is_wrong(string words, int code, string message)
    {
        _tiny.Write();

        (int found, _, string error) = Edge(
            [Output, "--train", _tiny.Train, "--out", _tiny.File("trained"), .. words.Split(' ')]);

        Assert.That(found, Is.EqualTo(code));
        Assert.That(error, Does.Contain(message));
    }

    [Test]
    public void The_program_names_a_folder_that_is_no_pack()
    {
        (int code, _, string error) = Edge(_tiny.Model, "--train", _tiny.Train, "--out", _tiny.File("trained"));

        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain(Path.Combine(_tiny.Model, "pack.json")));
    }

    private static (int Code, string Output, string Error) Edge(params string[] words) => NodePrograms.Start(
        ".", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        ["exec", Path.Combine(AppContext.BaseDirectory, "orttrainer-edge.dll"), .. words])!.Value;
}
