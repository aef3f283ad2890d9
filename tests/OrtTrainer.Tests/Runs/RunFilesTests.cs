using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Runs;

/// <summary>What a run reads and leaves behind.</summary>
public sealed class RunFilesTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [Test]
    public void The_resolved_options_are_kept_and_can_be_read_again()
    {
        FineTuneOptions given =
            _tiny.Options("out") with { Layers = [1], MaxSteps = 2, Threads = null, LearningRate = null };
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, _tiny.Model);

        TinyTask.Run(given with { Model = relative });

        string path = Path.Combine(_tiny.Output("out"), "run", "options.json");
        JsonObject json = JsonSerializer.Deserialize<JsonObject>(File.ReadAllText(path))!;
        Assert.That((string)json["model"]!, Is.EqualTo(_tiny.Model), "paths are full");
        Assert.That((string)json["data"]!["train"]!, Is.EqualTo(_tiny.Train));
        Assert.That((string)json["method"]!, Is.EqualTo("swa"));
        Assert.That((string)json["schedule"]!, Is.EqualTo("constant_with_warmup"));
        Assert.That((string)json["metric"]!, Is.EqualTo("accuracy"));
        Assert.That((double)json["learning_rate"]!, Is.EqualTo(1e-4));
        Assert.That((int)json["threads"]!, Is.EqualTo(Environment.ProcessorCount));
        FineTuneOptions read = FineTuneOptions.Read(path);
        Assert.That(read.Layers, Is.EqualTo(new[] { 1 }));
        Assert.That(
            JsonSerializer.Serialize(read, RunJson.Options),
            Is.EqualTo(JsonSerializer.Serialize(given.Resolve(), RunJson.Options)));
        Assert.That(read.Schedule, Is.EqualTo(ScheduleKind.ConstantWithWarmup));
    }

    [Test]
    public void Metrics_have_a_line_per_step_and_per_evaluation()
    {
        TinyTask.Run(_tiny.Options("out") with { EvalSteps = 15 });

        JsonObject[] lines = RunLines.Of(_tiny, "out");
        JsonObject[] steps = [.. lines.Where(l => l.ContainsKey("loss"))];
        JsonObject[] evaluations = [.. lines.Where(l => l.ContainsKey("eval"))];
        Assert.That(steps.Select(l => (int)l["step"]!), Is.EqualTo(Enumerable.Range(1, 40)));
        Assert.That(steps.Sum(l => (int)l["examples"]!), Is.EqualTo(5 * 60));
        Assert.That(steps.Select(l => (double)l["seconds"]!), Is.All.Positive);
        Assert.That(evaluations.Select(l => (int)l["step"]!), Is.EqualTo(new[] { 15, 30, 40 }));
        Assert.That(evaluations[0]["eval"]!["averaged"], Is.Null, "averaging begins at step 21");
        Assert.That((double)evaluations[2]["eval"]!["averaged"]!["accuracy"]!, Is.InRange(0, 1));
        Assert.That((double)evaluations[2]["eval"]!["live"]!["loss"]!, Is.Positive);
    }

    [Test]
    public void Without_an_evaluation_file_a_part_of_the_training_data_is_held_out()
    {
        FineTuneOptions options = _tiny.Options("out");
        EventList events = new();

        RunSummary summary =
            TinyTask.Run(options with { Data = options.Data with { Eval = null, Test = null }, MaxSteps = 3 }, events);

        RunEvent.Started facts = events.Of<RunEvent.Started>().Single();
        Assert.That((facts.TrainExamples, facts.EvalExamples, facts.TestExamples), Is.EqualTo((54, 6, 0)));
        Assert.That(facts.EvalOrigin, Does.Contain("6 of the 60 rows"));
        Assert.That((summary.TestLive, summary.TestAveraged), Is.EqualTo(((double?)null, (double?)null)));
    }

    [Test]
    public void Facts_say_what_is_about_to_run()
    {
        EventList events = new();

        TinyTask.Run(_tiny.Options("out") with { MaxSteps = 1, FromScratch = true, Kernels = false }, events);

        RunEvent.Started facts = events.Of<RunEvent.Started>().Single();
        using SafetensorsFile model = SafetensorsFile.OpenFile(Path.Combine(_tiny.Model, "model.safetensors"));
        Assert.That(facts.Parameters, Is.EqualTo(
            model.Names.Sum(n => model.TryGet(n, out TensorInfo i) ? i.ElementCount : 0)));
        Assert.That(facts.Initialized, Is.EquivalentTo(model.Names), "everything starts at random");
        Assert.That((facts.StepsPerEpoch, facts.TotalSteps, facts.StartStep), Is.EqualTo((8L, 1L, 0L)));
        Assert.That((facts.Threads, facts.Kernels, facts.Device), Is.EqualTo((1, false, "cpu")));
    }

    [Test]
    public void A_subset_of_layers_is_trained_and_exported()
    {
        TinyTask.Run(_tiny.Options("out") with { Layers = [1], MaxSteps = 2 });

        Assert.That(ModelConfig.Load(_tiny.Output("out")).GetInt("num_hidden_layers"), Is.EqualTo(1));
        using SafetensorsFile model = SafetensorsFile.OpenFile(Path.Combine(_tiny.Output("out"), "model.safetensors"));
        Assert.That(model.Names, Has.Some.Contains("layer.0.").And.None.Contains("layer.1."));
    }

    [Test]
    public void Accumulated_batches_are_one_large_batch()
    {
        FineTuneOptions options = _tiny.Options("large") with { BatchSize = 8, Dropout = 0 };
        EventList large = new();
        EventList small = new();

        TinyTask.Run(options, large);
        TinyTask.Run(options with { BatchSize = 3, Accumulation = 2, Output = _tiny.Output("six"), MaxSteps = 1 });
        TinyTask.Run(options with { BatchSize = 2, Accumulation = 4, Output = _tiny.Output("small") }, small);

        Assert.That(
            small.Of<RunEvent.Stepped>().Select(e => (double)e.Report.Loss),
            Is.EqualTo(large.Of<RunEvent.Stepped>().Select(e => (double)e.Report.Loss)).Within(2e-3));
        Assert.That(
            small.Of<RunEvent.Stepped>().Select(e => (e.Report.Examples, e.Report.Tokens)),
            Is.EqualTo(large.Of<RunEvent.Stepped>().Select(e => (e.Report.Examples, e.Report.Tokens))));
    }

    [Test]
    public void An_output_folder_that_is_not_empty_is_left_as_it_was()
    {
        Directory.CreateDirectory(_tiny.Output("out"));
        File.WriteAllText(Path.Combine(_tiny.Output("out"), "notes.txt"), "mine");

        Assert.That(() => TinyTask.Run(_tiny.Options("out")), Throws.TypeOf<RunException>()
            .With.Message.Contains("not empty"));

        Assert.That(Directory.GetFileSystemEntries(_tiny.Output("out")), Has.Length.EqualTo(1));
    }

    [Test]
    public void Two_runs_cannot_share_a_folder()
    {
        Exception? second = null;
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped { Report.Step: 1 })
            {
                second = Assert.Catch(() => FineTuner.ResumeAsync(_tiny.Output("out")).GetAwaiter().GetResult());
            }
        });

        RunSummary summary = TinyTask.Run(_tiny.Options("out"), events);

        Assert.That(second, Is.TypeOf<RunException>().With.Message.Contains("another run"));
        Assert.That(summary.Steps, Is.EqualTo(40));
    }

    [Test]
    public void A_metric_that_the_data_do_not_fit_is_refused_before_training()
    {
        Assert.That(() => TinyTask.Run(_tiny.Options("out") with { Metric = "f1" }), Throws.TypeOf<RunException>()
            .With.Message.Contains("f1").And.Message.Contains("train.tsv has 3"));
        Assert.That(() => TinyTask.Run(_tiny.Options("out") with { Metric = "bleu" }), Throws.ArgumentException
            .With.Message.Contains("bleu").And.Message.Contains("accuracy"));
        Assert.That(_tiny.Output("out"), Does.Not.Exist);
    }

    [Test]
    public void A_tokenizer_with_more_words_than_the_model_is_refused()
    {
        File.AppendAllText(Path.Combine(_tiny.Model, "vocab.txt"), "one\nmore\n");

        Assert.That(() => TinyTask.Run(_tiny.Options("out")), Throws.TypeOf<RunException>()
            .With.Message.Contains("27 tokens").And.Message.Contains("vocab_size").And.Message.Contains("25"));
    }

    [Test]
    public void A_label_that_training_does_not_know_is_refused_and_nothing_is_written()
    {
        File.AppendAllText(_tiny.Test, "the old cat\tplant\n");

        Assert.That(() => TinyTask.Run(_tiny.Options("out")), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("test.tsv, line 26").And.Message.Contains("'plant'"));
        Assert.That(_tiny.Output("out"), Does.Not.Exist);
    }
}
