using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

public sealed class StudyForecastTests
{
    private TinyStudy _study = null!;

    [SetUp]
    public void Make()
    {
        _study = new TinyStudy();
        ((JsonObject)_study.Json["defaults"]!).Remove("max_steps");
    }

    [TearDown]
    public void Remove() => _study.Dispose();

    [TestCase("3", 8, 1, ExpectedResult = 24)]
    [TestCase("1.5", 8, 1, ExpectedResult = 12)]
    [TestCase("1", 7, 1, ExpectedResult = 9)]
    [TestCase("1", 8, 2, ExpectedResult = 4)]
    public long Steps_follow_from_the_60_rows(string epochs, int batch, int accumulation)
    {
        _study.Json["defaults"] = JsonNode.Parse(
            $$"""{ "epochs": {{epochs}}, "batch_size": {{batch}}, "accumulation": {{accumulation}} }""");

        return Forecast().Cells[0].StepsPerRun;
    }

    [Test]
    public void A_real_run_takes_as_many_steps_as_foretold()
    {
        _study.Json["defaults"]!["epochs"] = 1.3;

        long foretold = Forecast().Cells[0].StepsPerRun;

        Assert.That(_study.Run("out").Runs[0].Steps, Is.EqualTo(foretold));
    }

    [Test]
    public void Runs_that_are_done_take_no_time()
    {
        _study.Json["defaults"]!["max_steps"] = 12;
        StudyForecast before = StudyForecaster.Of(_study.Options("out"), TimeSpan.FromSeconds(30));
        _study.Run("out");
        StudyForecast after = StudyForecaster.Of(_study.Options("out"), TimeSpan.FromSeconds(30));

        Assert.That((before.Runs, before.Steps, before.Probes), Is.EqualTo((4, 48L, 2)));
        Assert.That(before.Cells.Select(cell => (cell.Done, cell.IsMeasured)), Is.All.EqualTo((0, true)));
        Assert.That(before.Seconds, Is.GreaterThan(0));
        Assert.That(after.Cells.Select(cell => cell.Done), Is.All.EqualTo(2));
        Assert.That(after.Seconds, Is.EqualTo(0));
    }

    [Test]
    public void Nothing_is_written_and_without_time_nothing_is_measured()
    {
        StudyForecast forecast = Forecast();

        Assert.That((forecast.Probes, forecast.Seconds), Is.EqualTo((0, 0.0)));
        Assert.That(forecast.Cells.Select(cell => cell.IsMeasured), Is.All.False);
        Assert.That(Directory.Exists(_study.Output("out")), Is.False);
    }

    [TestCase(0)]
    [TestCase(30)]
    public void A_cancellation_ends_counting_and_measuring(int seconds) =>
        Assert.That(
            () => StudyForecaster.Of(
                _study.Options("out"), TimeSpan.FromSeconds(seconds), new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Cells_that_differ_in_what_no_step_feels_are_measured_once()
    {
        _study.Json["methods"] = JsonNode.Parse("""
            {
              "finetune": {}, "fast": { "learning_rate": 0.1 }, "long": { "epochs": 9, "warmup": 0.5 },
              "scratch": { "from_scratch": true },
              "smooth": { "method": "label-smoothing" },
              "smoother": { "method": "label-smoothing", "label_smoothing": { "epsilon": 0.2 } }
            }
            """);

        StudyForecast forecast = StudyForecaster.Of(_study.Options("out"), TimeSpan.FromSeconds(30));

        Assert.That(forecast.Probes, Is.EqualTo(2), "plain labels, and softened ones");
        Assert.That(forecast.Cells.Select(cell => cell.IsMeasured), Is.All.True);
    }

    [Test]
    public void Teachers_and_runs_that_choose_are_counted_apart()
    {
        _study.Json["teachers"] = JsonNode.Parse("""{ "same": { "model": "model" } }""");
        _study.Json["methods"]!["kd"] =
            JsonNode.Parse("""{ "method": "distillation", "teacher": { "model": "@same" } }""");
        _study.Json["choose"] = JsonNode.Parse("""{ "learning_rate": [1e-4, 2e-4], "seeds": [8] }""");

        StudyForecast forecast = StudyForecaster.Of(_study.Options("out"), TimeSpan.FromSeconds(30));

        Assert.That((forecast.Runs, forecast.OtherRuns), Is.EqualTo((6, 1 + (3 * 2))));
        Assert.That(forecast.OtherSeconds, Is.GreaterThan(0));
    }

    [Test]
    public void Steps_are_measured_with_as_many_runs_side_by_side_as_the_study_has()
    {
        StudyForecast forecast =
            StudyForecaster.Of(_study.Options("out") with { Jobs = 3 }, TimeSpan.FromSeconds(30));

        Assert.That((forecast.Probes, forecast.Jobs), Is.EqualTo((2, 3)));
        Assert.That(forecast.Cells.Select(cell => cell.IsMeasured), Is.All.True);
        Assert.That(forecast.Seconds, Is.EqualTo(forecast.Cells.Sum(cell => cell.Seconds) / 3).And.GreaterThan(0));
    }

    [Test]
    public void A_model_that_cannot_be_read_is_told_once_however_many_would_run([Values(1, 3)] int jobs)
    {
        File.Delete(Path.Combine(_study.Folder, "model", "config.json"));

        Assert.That(() => StudyForecaster.Of(_study.Options("out") with { Jobs = jobs }, TimeSpan.FromSeconds(30)),
            Throws.InstanceOf<CheckpointException>().With.Message.Contains("config.json"));
    }

    private StudyForecast Forecast() => StudyForecaster.Of(_study.Options("out"), TimeSpan.Zero);

    [Test]
    public void Models_to_start_from_need_not_be_trained_yet()
    {
        _study.Json["pretraining"] =
            JsonNode.Parse("""{ "ours": { "model": "model", "data": { "train": "train.tsv" } } }""");
        _study.Json["models"] = JsonNode.Parse("""{ "bert": { "model": "@ours" } }""");

        StudyForecast forecast = StudyForecaster.Of(_study.Options("out"), TimeSpan.FromSeconds(30));

        Assert.That((forecast.Runs, forecast.OtherRuns), Is.EqualTo((4, 1)));
        Assert.That(forecast.OtherSeconds, Is.GreaterThan(0));
    }
}
