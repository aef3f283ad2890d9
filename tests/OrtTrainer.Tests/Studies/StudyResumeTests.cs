using System.Text.Json.Nodes;
using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

/// <summary>Studies that go on: done before, interrupted, failed in part, added to or changed.</summary>
public sealed class StudyResumeTests
{
    private TinyStudy _study = null!;

    [SetUp]
    public void Make() => _study = new TinyStudy();

    [TearDown]
    public void Remove() => _study.Dispose();

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
}
