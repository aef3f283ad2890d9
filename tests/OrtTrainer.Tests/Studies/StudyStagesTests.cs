using System.Text.Json.Nodes;
using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

/// <summary>What comes before the runs of a study: settings are chosen and teachers trained.</summary>
public sealed class StudyStagesTests
{
    private TinyStudy _study = null!;

    [SetUp]
    public void Make() => _study = new TinyStudy();

    [TearDown]
    public void Remove() => _study.Dispose();

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

    [Test]
    public void Models_to_start_from_are_trained_first_and_once()
    {
        _study.Json["pretraining"] = JsonNode.Parse(
            """{ "ours": { "model": "model", "seed": 7, "data": { "train": "train.tsv" }, "max_steps": 3 } }""");
        _study.Json["models"] = JsonNode.Parse("""{ "bert": { "model": "@ours" } }""");
        StudyEvents events = new();

        StudyResults results = _study.Run("out", events);
        StudyResults again = _study.Run("out", events);

        Assert.That(events.Of<StudyEvent.RunStarted>().Select(started => started.Label),
            Has.Exactly(1).EqualTo("pre-training ours").And.Exactly(5).Items);
        Assert.That(events.Of<StudyEvent.RunStarted>()[0].Label, Is.EqualTo("pre-training ours"));
        Assert.That(results.Runs.Concat(again.Runs).Select(run => run.Status), Is.All.EqualTo(StudyRunStatus.Done));
    }

    [Test]
    public void Without_the_model_to_start_from_a_run_fails_and_says_so()
    {
        _study.Task.WriteRows("one.tsv", 1, seed: 1);
        _study.Json["pretraining"] =
            JsonNode.Parse("""{ "ours": { "model": "model", "data": { "train": "one.tsv" } } }""");
        _study.Json["models"] = JsonNode.Parse("""{ "bert": { "model": "@ours" } }""");

        StudyResults results = _study.Run("out");

        Assert.That(results.Runs.Select(run => run.Error), Is.All.StartsWith("its pre-training ours failed: "));
    }
}
