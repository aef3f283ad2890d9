using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Tests.Studies;

namespace OrtTrainer.Tests.Cli;

public sealed class StudyCommandTests
{
    private TinyStudy _study = null!;

    [SetUp]
    public void Make()
    {
        _study = new TinyStudy();
        _study.Json["seeds"] = new JsonArray(1);
    }

    [TearDown]
    public void Remove() => _study.Dispose();

    [Test]
    public void A_study_runs_in_processes_side_by_side_and_says_where_the_results_are()
    {
        CliRun run = CliRun.Of(Words("--jobs", "2", "--threads", "2")).Succeeded();

        Assert.That(run.Lines[0], Is.EqualTo("tiny: 2 cells, 2 runs; 2 side by side with 1 thread each"));
        Assert.That(run.Lines[1], Does.Match("^1/2  macro_f1 [01]\\.[0-9]{4}"));
        Assert.That(run.Lines.Where(line => line.EndsWith("topics / swa, seed 1", StringComparison.Ordinal)).Single(),
            Does.Match("^[12]/2  macro_f1 [01]\\.[0-9]{4}, averaged [01]\\.[0-9]{4}  0:[0-9]{2}  bert"));
        Assert.That(run.Lines[3], Is.EqualTo("2 of 2 runs done"));
        Assert.That(run.Lines[4], Does.StartWith("report       ").And.EndWith("report.html, report.md"));
        Assert.That(run.Lines[5], Does.StartWith("results      ").And.Contain("results.csv"));
        Assert.That(File.Exists(Path.Combine(_study.Output("out"), "report.html")), Is.True);
        Assert.That(_study.Text("out", "results.csv").Split('\n'), Has.Length.EqualTo(1 + 2 + 1));
    }

    [Test]
    public void Events_are_lines_of_json()
    {
        JsonObject[] events = [.. CliRun.Of(Words("--json")).Succeeded().Lines.Select(line =>
            JsonSerializer.Deserialize<JsonObject>(line)!)];

        string[] names = [.. events.Select(e => (string)e["event"]!)];
        Assert.That(names[0], Is.EqualTo("started"));
        Assert.That((int)events[0]["runs"]!, Is.EqualTo(2));
        Assert.That(names.Count(name => name == "run_done"), Is.EqualTo(2));
        Assert.That(names[^1], Is.EqualTo("finished"));
        Assert.That(((int)events[^1]["done"]!, (int)events[^1]["failed"]!), Is.EqualTo((2, 0)));
    }

    [Test]
    public void A_failed_run_is_told_and_the_exit_code_is_1()
    {
        _study.Task.WriteRows("bad.tsv", 1, seed: 1);
        _study.Json["methods"]!["swa"]!["data"] = JsonNode.Parse("""{ "train": "bad.tsv" }""");

        CliRun run = CliRun.Of(Words("--quiet"));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("failed  bert / pretrained / topics / swa, seed 1: "));
        Assert.That(run.Lines[0], Is.EqualTo("1 of 2 runs done, 1 failed; the same command tries them again"));
    }

    [Test]
    public void A_dry_run_lists_cells_steps_and_time_and_writes_nothing()
    {
        CliRun run = CliRun.Of(Words("--dry-run", "--threads", "1")).Succeeded();

        Assert.That(run.Lines[0], Is.EqualTo("cell                                   runs  done     steps      a run"));
        Assert.That(run.Lines[1],
            Does.Match("^bert / pretrained / topics / finetune     1     0        12  +[0-9]+:[0-9]{2}$"));
        Assert.That(run.Lines[3], Is.EqualTo("cells        2, 2 runs, 24 steps"));
        Assert.That(run.Lines[4],
            Does.Match("^expected     0:[0-9]{2} for what is not done, one at a time with 1 thread$"));
        Assert.That(run.Lines[5], Is.EqualTo("measured     2 kinds of step, one at a time"));
        CliRun two = CliRun.Of(Words("--dry-run", "--threads", "2", "--jobs", "2")).Succeeded();
        Assert.That(two.Lines[4], Does.EndWith(", 2 side by side with 1 thread each"));
        Assert.That(two.Lines[5], Is.EqualTo("measured     2 kinds of step, 2 side by side"));
        Assert.That(Directory.Exists(_study.Output("out")), Is.False);

        string dry = CliRun.Of(Words("--dry-run", "--json")).Succeeded().Out;
        JsonObject json = JsonSerializer.Deserialize<JsonObject>(dry)!;
        Assert.That(((int)json["steps"]!, json["cells"]!.AsArray().Count), Is.EqualTo((24, 2)));
    }

    [Test]
    public void An_interrupted_study_says_how_to_go_on()
    {
        CliRun interrupted = CliRun.With("", new CancellationToken(canceled: true), Words());
        CliRun resumed = CliRun.Of(Words()).Succeeded();

        Assert.That((interrupted.ExitCode, interrupted.Error), Is.EqualTo((130, "")));
        Assert.That(interrupted.Lines[^2], Is.EqualTo("Interrupted; what was done is saved. Go on with:"));
        Assert.That(interrupted.Lines[^1], Does.StartWith("  orttrainer study ").And.Contain(" --out "));
        Assert.That(resumed.Lines, Does.Contain("2 of 2 runs done"));
    }

    [Test]
    [Platform("Linux")]
    public void A_process_that_gets_sigint_lets_its_workers_save_and_exits_130()
    {
        _study.Json["defaults"]!["max_steps"] = 100_000;
        _study.Json["defaults"]!["eval_steps"] = 100_000;

        InterruptedProcess process =
            InterruptedProcess.At("\"event\":\"run_stepped\"", Words("--json", "--jobs", "2"));

        Assert.That(process.ExitCode, Is.EqualTo(130));
        Assert.That(process.LastLine, Does.StartWith("{\"event\":\"interrupted\""));
        Assert.That(
            Directory.GetFiles(_study.Output("out"), "checkpoint.safetensors", SearchOption.AllDirectories),
            Is.Not.Empty);
        Assert.That(Directory.GetFiles(_study.Output("out"), "*.lock", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void A_report_is_made_without_running()
    {
        CliRun.Of(Words()).Succeeded();
        string table = _study.Text("out", "results.csv");
        File.Delete(Path.Combine(_study.Output("out"), "results.csv"));

        CliRun run = CliRun.Of("study", "--report", _study.Output("out")).Succeeded();

        Assert.That(run.Lines[0], Is.EqualTo("2 of 2 runs done"));
        Assert.That(_study.Text("out", "results.csv"), Is.EqualTo(table));
    }

    [TestCase("study")]
    [TestCase("study", "file.json")]
    [TestCase("study", "a.json", "b.json", "--out", "x")]
    [TestCase("study", "a.json", "--out", "x", "--jobs", "0")]
    [TestCase("study", "a.json", "--out", "x", "--quiet", "--json")]
    [TestCase("study", "--report", "x", "--jobs", "2")]
    [TestCase("study", "a.json", "--out", "x", "--engine", "pbs")]
    [TestCase("study", "a.json", "--out", "x", "--partition", "p")]
    [TestCase("study", "a.json", "--out", "x", "--engine", "slurm", "--jobs", "2")]
    [TestCase("study", "a.json", "--out", "x", "--engine", "slurm", "--dry-run")]
    [TestCase("study", "a.json", "--out", "x", "--engine", "slurm", "--array-limit", "0")]
    [TestCase("study", "a.json", "--out", "x", "--engine", "slurm", "--time", "2 hours")]
    [TestCase("study", "a.json", "--out", "x", "--engine", "slurm", "--sbatch-option", "array=1-3")]
    public void Bad_usage_is_2(params string[] words)
    {
        CliRun run = CliRun.Of(words);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("error: ").And.Match("^[^\n]+\n$"));
    }

    [Test]
    public void An_option_of_sbatch_may_be_given_several_times()
    {
        StudyArguments arguments = ArgumentReader.Read<StudyArguments>(
            ["--sbatch-option", "qos=long", "a.json", "--sbatch-option=exclusive", "--sbatch-option", "nice=10"]);

        Assert.That(arguments.SbatchOption!.Split(RepeatedAttribute.Between),
            Is.EqualTo(new[] { "qos=long", "exclusive", "nice=10" }));
        Assert.That(arguments.Rest, Is.EqualTo(new[] { "a.json" }));
        Assert.That(() => ArgumentReader.Read<StudyArguments>(["--time", "1", "--time", "2"]),
            Throws.TypeOf<UsageException>());
    }

    [Test]
    public void A_bad_study_file_is_1_with_the_place()
    {
        _study.Json["defaults"]!["epoks"] = 3;

        CliRun run = CliRun.Of(Words());

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.EndWith(
            "defaults.epoks (line 1): epoks is unknown; did you mean epochs?\n"));
        Assert.That(Directory.Exists(_study.Output("out")), Is.False);
    }

    private string[] Words(params string[] more) => ["study", _study.File, "--out", _study.Output("out"), .. more];
}
