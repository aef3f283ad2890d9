using System.Text.Json.Nodes;
using OrtTrainer.Runs;
using OrtTrainer.Studies;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Studies;

/// <summary>What a study gives, keeps and refuses; its runs are in this process, one after another.</summary>
public sealed class StudyTests
{
    private TinyStudy _study = null!;

    [SetUp]
    public void Make() => _study = new TinyStudy();

    [TearDown]
    public void Remove() => _study.Dispose();

    [Test]
    public void A_run_of_a_study_gives_what_the_same_run_alone_gives()
    {
        StudyResults results = _study.Run("out");
        StudyRun swa = results.Runs.Single(run => run is { Method: "swa", Seed: 2 });
        RunSummary alone = TinyTask.Run(
            _study.Plan("elsewhere").Cells[1].Runs[1].Options with { Output = _study.Output("alone"), Threads = 1 });

        Assert.That(results.Runs.Select(run => (run.Method, run.Seed, run.Status)), Is.EqualTo(new[]
        {
            ("finetune", 1L, StudyRunStatus.Done), ("finetune", 2L, StudyRunStatus.Done),
            ("swa", 1L, StudyRunStatus.Done), ("swa", 2L, StudyRunStatus.Done),
        }));
        Assert.That((swa.Metric, swa.Score, swa.Live, swa.Averaged, swa.Steps),
            Is.EqualTo(("macro_f1", alone.TestAveraged, alone.TestLive, alone.TestAveraged, 12L)));
        Assert.That(swa.Scores.Keys, Is.EquivalentTo(new[] { "macro_f1", "accuracy" }));
        Assert.That(swa.Scores["accuracy"], Is.EqualTo(alone.TestAveragedScores!["accuracy"]));
        Assert.That(swa.Curve.Select(point => point.Step), Is.EqualTo(new[] { 6, 12 }));
        Assert.That(swa.Curve[^1].Averaged!["accuracy"], Is.EqualTo(alone.EvalAveraged!["accuracy"]));
        Assert.That(swa.Seconds, Is.GreaterThan(0));
    }

    [Test]
    public void What_a_method_without_averaging_scores_are_its_live_weights()
    {
        StudyRun run = _study.Run("out").Runs[0];
        RunSummary summary = _study.Summary("out", run);

        Assert.That((run.Score, run.Live, run.Averaged),
            Is.EqualTo((summary.TestLive, summary.TestLive, (double?)null)));
        Assert.That(run.Scores["macro_f1"], Is.EqualTo(run.Score));
    }

    [Test]
    public void The_results_say_what_was_studied()
    {
        StudyResults results = _study.Run("out");

        Assert.That((results.Name, results.Baseline), Is.EqualTo(("tiny", "finetune")));
        Assert.That(results.Methods, Is.EqualTo(new[] { "finetune", "swa" }));
        Assert.That(results.Seeds, Is.EqualTo(new[] { 1, 2 }));
        Assert.That((results.Tasks[0].Name, results.Tasks[0].HasTest), Is.EqualTo(("topics", true)));
        Assert.That(results.Tasks[0].Metrics, Is.EqualTo(new[] { "macro_f1", "accuracy" }));
    }

    [Test]
    public void Without_test_data_the_evaluation_data_score()
    {
        ((JsonObject)_study.Json["tasks"]!["topics"]!["data"]!).Remove("test");

        StudyResults results = _study.Run("out");

        Assert.That(results.Tasks[0].HasTest, Is.False);
        Assert.That(results.Runs[2].Score, Is.EqualTo(_study.Summary("out", results.Runs[2]).Averaged));
    }

    [Test]
    public void A_run_that_is_done_keeps_its_model_but_no_checkpoint()
    {
        StudyResults results = _study.Run("out");

        string run = Path.Combine(_study.Output("out"), results.Runs[2].Folder);
        Assert.That(File.Exists(Path.Combine(run, "onnx", "model.onnx")));
        Assert.That(Names(Path.Combine(run, "run")), Is.EquivalentTo(new[]
        {
            "averaged.safetensors", "last.safetensors", "metrics.jsonl", "options.json", "readme.sha256",
            "report.html", "summary.json",
        }));
    }

    [Test]
    public void A_study_may_keep_results_only_and_its_teachers()
    {
        _study.Json["keep"] = "results";
        _study.Json["teachers"] = JsonNode.Parse("""{ "big": { "model": "model" } }""");
        _study.Json["methods"]!["kd"] =
            JsonNode.Parse("""{ "method": "distillation", "teacher": { "model": "@big" } }""");
        _study.Json["methods"]!["self"] = JsonNode.Parse("""{ "method": "self-distillation" }""");

        StudyResults results = _study.Run("out");

        Assert.That(results.Runs.Select(run => run.Status), Is.All.EqualTo(StudyRunStatus.Done));
        foreach (StudyRun run in results.Runs)
        {
            string folder = Path.Combine(_study.Output("out"), run.Folder);
            Assert.That(Names(folder), Is.Empty);
            Assert.That(Directory.GetDirectories(Path.Combine(folder, "run")), Is.Empty);
            Assert.That(Names(Path.Combine(folder, "run")),
                Is.EquivalentTo(new[] { "metrics.jsonl", "options.json", "summary.json" }));
        }

        string[] models = Directory.GetFiles(
            Path.Combine(_study.Output("out"), "teachers"), "model.onnx", SearchOption.AllDirectories);
        Assert.That(models, Has.Length.EqualTo(1));
        StudyEvents events = new();
        Assert.That(_study.Run("out", events).Runs, Has.Count.EqualTo(8));
        Assert.That(events.Of<StudyEvent.RunStarted>(), Is.Empty, "nothing is missed");
    }

    [Test]
    public void A_folder_with_something_else_in_it_is_left_alone()
    {
        Directory.CreateDirectory(_study.Output("out"));
        File.WriteAllText(Path.Combine(_study.Output("out"), "mine.txt"), "mine");

        Assert.That(() => _study.Run("out"), Throws.TypeOf<StudyException>().With.Message.Contains(
            "the output folder is not empty and holds no study"));
        Assert.That(Directory.GetFileSystemEntries(_study.Output("out")), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_folder_that_another_study_writes_to_is_refused()
    {
        using StudyFolder held = StudyFolder.Take(_study.Output("out"));

        Assert.That(() => _study.Run("out"),
            Throws.TypeOf<StudyException>().With.Message.Contains("another study is writing to this folder"));
    }

    [Test]
    public void Several_jobs_need_a_worker() =>
        Assert.That(() => Study.RunAsync(_study.Options("out") with { Jobs = 2 }).GetAwaiter().GetResult(),
            Throws.ArgumentException.With.Message.StartsWith("Jobs is 2; runs side by side need a Worker"));

    [Test]
    public void There_is_nothing_to_report_where_there_is_no_study() =>
        Assert.That(() => Study.Read(_study.Output("out")),
            Throws.TypeOf<StudyException>().With.Message.Contains("there is no study here"));

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!)];
}
