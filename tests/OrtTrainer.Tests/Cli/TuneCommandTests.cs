using System.Text.Json.Nodes;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Commands;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Tests.Cli;

/// <summary><c>tune</c> and <c>finetune --folds</c> as users call them.</summary>
public sealed class TuneCommandTests
{
    private DeskTask _desk = null!;

    [SetUp]
    public void MakeTask() => _desk = new DeskTask();

    [TearDown]
    public void DropTask() => _desk.Dispose();

    [Test]
    public void A_search_without_a_file_prints_its_verdict_and_where_the_model_is()
    {
        CliRun run = CliRun.Of([.. Tune("tuned"), "--quiet"]).Succeeded();

        Assert.That(run.Out, Does.Contain("default settings"));
        Assert.That(File.Exists(Path.Combine(_desk.File("tuned"), "best", "config.json")), Is.True);
        Assert.That(File.Exists(Path.Combine(_desk.File("tuned"), "report.html")), Is.True);
    }

    [Test]
    public void Trials_side_by_side_run_in_processes_of_their_own()
    {
        CliRun run = CliRun.Of([.. Tune("side"), "--jobs", "2"]).Succeeded();

        Assert.That(run.Out, Does.Contain("trial 2"));
    }

    [Test]
    public void A_search_that_was_killed_goes_on_to_the_same_trials()
    {
        CliRun.Of(Tune("whole")).Succeeded();
        foreach (string line in new[] { "trial 0:", "trial 1:", "trial 1 after", "trial 2:" })
        {
            Assert.That(InterruptedProcess.KillAt(line, Tune("parts")).ExitCode, Is.EqualTo(128 + 9), line);
        }

        CliRun.Of(Tune("parts")).Succeeded();

        Assert.That(Trials("parts"), Is.EqualTo(Trials("whole")));
        Assert.That(
            File.ReadAllBytes(Path.Combine(_desk.File("parts"), "best", "model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(_desk.File("whole"), "best", "model.safetensors"))));
    }

    [Test]
    public void A_search_reads_its_files_as_the_command_line_says()
    {
        JsonObject defaults = TuneSettings.Of(ArgumentReader.Read<TuneArguments>(
            [.. Tune("read").Skip(1), "--encoding", "latin-1", "--format", "tsv"])).File.Defaults;

        Assert.That(
            defaults["data"]!["table"]!.ToJsonString(), Is.EqualTo("""{"format":"tsv","encoding":"latin-1"}"""));
    }

    [TestCase("tune --train x --model y --out z", "--minutes is missing")]
    [TestCase("tune --minutes 1 --out z", "give a file of what to search")]
    [TestCase("tune f.json --lr 1 --minutes 1 --out z", "--lr stands in the file")]
    [TestCase("finetune --group doc", "--group is for --folds K")]
    public void What_is_missing_or_odd_is_said(string words, string expected)
    {
        CliRun run = CliRun.Of(words.Split(' '));

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(expected));
    }

    [Test]
    public void Folds_print_a_mean_with_its_deviation_and_the_pooled_score()
    {
        CliRun run = CliRun.Of(
            "finetune", "--model", _desk.Model, "--train", _desk.Train, "--folds", "3", "--max-steps", "3",
            "--max-length", "16", "--threads", "1", "--out", _desk.File("folds")).Succeeded();

        Assert.That(run.Out, Does.Contain("3 folds, 12 examples:").And.Contain("of all at once"));
        string predictions = Path.Combine(_desk.File("folds"), "oof.jsonl");
        Assert.That(File.ReadLines(predictions).Count(), Is.EqualTo(12));
        Assert.That(
            CliRun.Of("debug-data", _desk.Train, "--predictions", predictions).Succeeded().Out,
            Does.Contain("checked by models that"));
    }

    // What each trial was and came to; times are left out.
    private string[] Trials(string output) =>
    [
        .. JsonNode.Parse(File.ReadAllText(Path.Combine(_desk.File(output), "state.json")))!["trials"]!.AsArray()
            .Select(trial => $"{trial!["settings"]} {trial["status"]} {trial["steps"]} {trial["scores"]} "
                + $"{trial["score"]}"),
    ];

    private string[] Tune(string output) =>
    [
        "tune", "--model", _desk.Model, "--train", _desk.Train, "--eval", _desk.Eval, "--test", _desk.Test,
        "--max-length", "16", "--threads", "2", "--minutes", "30", "--trials", "3", "--epochs", "2", "--out",
        _desk.File(output),
    ];
}
