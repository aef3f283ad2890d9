using System.Text.Json.Nodes;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Export.Edge;
using OrtTrainer.Tests.Reports;

namespace OrtTrainer.Tests.Compilation;

/// <summary>The page of tools/edge in a real browser: a short training, what it takes, and what it gives.</summary>
public sealed class TrainingInAPageTests
{
    private const int MostMegabytes = 600;

    [TestCase("compile")]
    [TestCase("pack", "--frozen", "int8")]
    [TestCase("pack", "--frozen", "int8", "--lora", "r=8")]
    public void It_trains_MiniLM_in_little_memory_and_gives_a_model_that_evaluate_reads(params string[] words)
    {
        Browser.Require();
        string model = SharedFiles.SharedPath("models", "all-MiniLM-L6-v2");
        string train = SharedFiles.SharedPath("data", "trec", "train.tsv");
        using TemporaryFolder folder = new();
        string test = folder.Write("test.tsv", string.Join(
            '\n', File.ReadLines(SharedFiles.SharedPath("data", "trec", "test.tsv")).Take(49)));
        CliRun.Of(
            [.. words, "--model", model, "--num-labels", "6", "--train-last", "2", "--out", folder.File("graphs")])
            .Succeeded();
        string[] folders = words[0] == "pack" ? [folder.File("graphs")] : [folder.File("graphs"), model];

        JsonObject result = EdgeClient.Answers(EdgeClient.Run(
            [
                "page/measure.mjs", .. folders, "--train", train, "--test", test, "--texts", "48", "--epochs", "4",
                .. words.Contains("--lora") ? ["--rate", "0.005"] : Array.Empty<string>(), "--out",
                folder.File("trained"),
            ],
            ofPage: true)).Single();

        double[] losses = [.. result["losses"]!.AsArray().Select(loss => (double)loss!)];
        Assert.That(losses, Has.Length.EqualTo(12));
        Assert.That(losses[^3..].Average(), Is.LessThan(losses[..3].Average() - 0.1));
        Assert.That((double)result["wasm_mb"]!, Is.InRange(50, MostMegabytes));
        if (result["process_mb"] is { } ofProcess)
        {
            Assert.That((double)ofProcess, Is.InRange((double)result["wasm_mb"]!, MostMegabytes));
        }

        JsonNode evaluated = JsonNode.Parse(CliRun.Of(
            "evaluate", "--model", folder.File("trained"), "--data", test, "--text", "text", "--label", "label",
            "--json").Succeeded().Out)!;
        Assert.That(
            (double)evaluated["score"]!, Is.EqualTo((double)result["averaged"]!).Within(1e-6));
    }
}
