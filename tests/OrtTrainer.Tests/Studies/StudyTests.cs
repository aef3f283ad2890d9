using System.Text.Json.Nodes;
using OrtTrainer.Runs;
using OrtTrainer.Studies;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Studies;

/// <summary>Studies whose runs are in this process, one after another.</summary>
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
    public void The_same_study_again_runs_nothing_and_writes_the_same_table()
    {
        _study.Run("out");
        string before = _study.Text("out", "results.csv");
        StudyEvents events = new();

        StudyResults results = _study.Run("out", events);

        Assert.That(events.Of<StudyEvent.Started>().Single().Done, Is.EqualTo(4));
        Assert.That(events.Of<StudyEvent.RunStarted>(), Is.Empty);
        Assert.That(_study.Text("out", "results.csv"), Is.EqualTo(before));
        Assert.That(results.Runs.Select(run => run.Status), Is.All.EqualTo(StudyRunStatus.Done));
    }

    [Test]
    public void A_run_that_is_done_keeps_its_model_but_no_checkpoint()
    {
        StudyResults results = _study.Run("out");

        string run = Path.Combine(_study.Output("out"), results.Runs[2].Folder);
        Assert.That(File.Exists(Path.Combine(run, "model.onnx")));
        Assert.That(Names(Path.Combine(run, "run")), Is.EquivalentTo(new[]
        {
            "averaged.safetensors", "last.safetensors", "metrics.jsonl", "options.json", "summary.json",
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
    public void A_lost_database_and_tables_are_made_anew_from_the_runs()
    {
        _study.Run("out");
        string table = _study.Text("out", "results.csv"), costs = _study.Text("out", "costs.csv");
        foreach (string file in new[] { "results.sqlite", "results.csv", "costs.csv" })
        {
            File.Delete(Path.Combine(_study.Output("out"), file));
        }

        StudyResults results = Study.Read(_study.Output("out"));

        Assert.That(results.Runs.Select(run => run.Curve.Count), Is.All.EqualTo(2));
        Assert.That(_study.Text("out", "results.csv"), Is.EqualTo(table));
        Assert.That(_study.Text("out", "costs.csv"), Is.EqualTo(costs));
    }

    [Test]
    public void A_run_whose_folder_is_gone_is_done_again()
    {
        StudyResults results = _study.Run("out");
        string table = _study.Text("out", "results.csv");
        Directory.Delete(Path.Combine(_study.Output("out"), results.Runs[1].Folder), recursive: true);
        Assert.That(Study.Read(_study.Output("out")).Runs[1].Status, Is.EqualTo(StudyRunStatus.Pending));

        StudyEvents events = new();
        _study.Run("out", events);

        Assert.That(events.Of<StudyEvent.RunStarted>().Select(e => e.Folder),
            Is.EqualTo(new[] { results.Runs[1].Folder }));
        Assert.That(_study.Text("out", "results.csv"), Is.EqualTo(table));
    }

    [Test]
    public void A_run_that_fails_is_recorded_and_the_rest_goes_on()
    {
        string bad = _study.Task.WriteRows("bad.tsv", 1, seed: 1);
        _study.Json["methods"]!["bad"] = JsonNode.Parse("""{ "method": "ema", "data": { "train": "bad.tsv" } }""");
        _study.Json["seeds"] = new JsonArray(1);
        StudyEvents events = new();

        StudyResults results = _study.Run("out", events);

        Assert.That(results.Runs.Select(run => run.Status),
            Is.EqualTo(new[] { StudyRunStatus.Done, StudyRunStatus.Done, StudyRunStatus.Failed }));
        Assert.That(results.Runs[2].Error, Does.StartWith(bad));
        Assert.That(events.Of<StudyEvent.RunFailed>().Single().Error, Is.EqualTo(results.Runs[2].Error));
        Assert.That(Study.Read(_study.Output("out")).Runs[2].Error, Is.EqualTo(results.Runs[2].Error));

        _study.Task.WriteRows("bad.tsv", 30, seed: 1);
        Assert.That(_study.Run("out").Runs[2].Status, Is.EqualTo(StudyRunStatus.Done), "it is tried again");
    }

    [Test]
    public void A_cancelled_study_goes_on_in_the_middle_of_a_run()
    {
        _study.Json["defaults"]!["max_steps"] = 200;
        _study.Run("whole");
        using CancellationTokenSource source = new();
        StudyEvents cancelling = new(e =>
        {
            if (e is StudyEvent.RunStepped)
            {
                source.Cancel();
            }
        });

        Assert.That(() => _study.Run("parts", cancelling, source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        string[] pending = _study.Text("parts", "results.csv").Split('\n')[1..^1];
        StudyEvents events = new();
        _study.Run("parts", events);

        Assert.That(pending.Select(line => line.Split(',')[5]), Is.All.EqualTo("pending"));
        Assert.That(events.Of<StudyEvent.RunDone>().Select(e => e.Done), Is.EqualTo(new[] { 1, 2, 3, 4 }));
        Assert.That(_study.Text("parts", "results.csv"), Is.EqualTo(_study.Text("whole", "results.csv")));
    }

    [Test]
    public void Cells_and_seeds_may_be_added_to_a_study_that_has_begun()
    {
        _study.Run("out");
        _study.Json["seeds"] = new JsonArray(1, 2, 5);
        _study.Json["methods"]!["ema"] = new JsonObject { ["method"] = "ema" };
        StudyEvents events = new();

        StudyResults results = _study.Run("out", events);

        Assert.That(events.Of<StudyEvent.RunStarted>(), Has.Count.EqualTo(2 + 3));
        Assert.That(results.Runs.Select(run => (run.Method, run.Seed)).Take(4),
            Is.EqualTo(new[] { ("finetune", 1L), ("finetune", 2L), ("finetune", 5L), ("swa", 1L) }));
    }

    [TestCase("defaults", """{ "max_steps": 13, "batch_size": 8, "learning_rate": 5e-3, "max_length": 16 }""",
        "bert / pretrained / topics / finetune, seed 1 has other options: ")]
    [TestCase("seeds", "[2]", "bert / pretrained / topics / finetune, seed 1 is no longer in it.")]
    [TestCase("methods", """{ "finetune": {} }""", "bert / pretrained / topics / swa, seed 1 is no longer in it.")]
    public void Anything_else_that_changes_is_refused(string key, string value, string message)
    {
        _study.Run("out");
        string table = _study.Text("out", "results.csv");
        _study.Json[key] = JsonNode.Parse(value);

        Assert.That(() => _study.Run("out"), Throws.TypeOf<StudyException>().With.Message.Contains(message));
        Assert.That(_study.Text("out", "results.csv"), Is.EqualTo(table));
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

    [Test]
    public void The_setting_with_the_best_validation_score_is_taken()
    {
        // A rate of zero learns nothing, so the other must win.
        _study.Json["choose"] = JsonNode.Parse("""{ "learning_rate": [0, 1e-2], "seeds": [8] }""");
        _study.Json["defaults"]!["max_steps"] = 30;
        StudyEvents events = new();

        StudyResults results = _study.Run("out", events);

        Assert.That(results.Choices.Select(choice => (choice.Method, choice.Setting, choice.Chosen)),
            Is.EqualTo(new[] { ("finetune", "learning_rate", "1e-2"), ("swa", "learning_rate", "1e-2") }));
        Assert.That(results.Choices[0].Scores[1].Value, Is.GreaterThan(results.Choices[0].Scores[0].Value));
        Assert.That(events.Of<StudyEvent.Chosen>(), Has.Count.EqualTo(2));
        Assert.That(new StudyRunFolder(Path.Combine(_study.Output("out"), results.Runs[0].Folder)).ReadOptions()
            .LearningRate, Is.EqualTo(1e-2));
    }

    [Test]
    public void A_teacher_is_trained_before_its_pupils_and_what_it_took_is_told()
    {
        _study.Json["teachers"] = JsonNode.Parse("""{ "same": { "model": "model", "seed": 7 } }""");
        _study.Json["methods"]!["kd"] =
            JsonNode.Parse("""{ "method": "distillation", "teacher": { "model": "@same" } }""");
        _study.Json["seeds"] = new JsonArray(1);
        StudyEvents events = new();

        StudyResults results = _study.Run("out", events);

        Assert.That(events.Of<StudyEvent.RunStarted>()[0].Label, Is.EqualTo("teacher same of topics"));
        Assert.That(results.Runs.Select(run => run.Status), Is.All.EqualTo(StudyRunStatus.Done));
        Assert.That(results.Runs.Select(run => run.TeacherSeconds is null), Is.EqualTo(new[] { true, true, false }));
        Assert.That(Directory.GetFiles(Path.Combine(_study.Output("out"), "teacher-logits")), Is.Not.Empty);
    }

    [Test]
    public void Without_its_teacher_a_pupil_fails_and_says_so()
    {
        _study.Task.WriteRows("one.tsv", 1, seed: 1);
        _study.Json["teachers"] =
            JsonNode.Parse("""{ "same": { "model": "model", "data": { "train": "one.tsv" } } }""");
        _study.Json["methods"]!["kd"] =
            JsonNode.Parse("""{ "method": "distillation", "teacher": { "model": "@same" } }""");
        _study.Json["seeds"] = new JsonArray(1);

        StudyResults results = _study.Run("out");

        Assert.That(results.Runs[2].Status, Is.EqualTo(StudyRunStatus.Failed));
        Assert.That(results.Runs[2].Error, Does.StartWith("its teacher same of topics failed: "));
    }

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!)];
}
