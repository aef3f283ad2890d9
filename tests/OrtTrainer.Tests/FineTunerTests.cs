using System.Text.Json;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests;

/// <summary>Whole runs on a tiny task.</summary>
public sealed class FineTunerTests
{
    private static IEnumerable<TestCaseData> MethodsAndTasks() =>
        from method in new[] { "finetune", "swa", "ema" }
        from task in new ModelTask[] { ClassificationTask.Instance, MultiLabelTask.Instance, RegressionTask.Instance }
        select new TestCaseData(method, task);

    [TestCaseSource(nameof(MethodsAndTasks))]
    public void Every_average_goes_with_every_task(string word, ModelTask task)
    {
        FineTuneMethod method = FineTuneMethod.Parse(word);
        method = method.Set(new Ema { Decay = 0.9 }) ?? method;
        using TinyTask tiny = new(task, rows: 240);
        EventList events = new();

        RunSummary summary =
            TinyTask.Run(tiny.Options("out") with { Method = method, Epochs = 8, Dropout = 0 }, events);

        float[] losses = [.. events.Of<RunEvent.Stepped>().Select(e => e.Report.Loss)];
        Assert.That(losses, Has.Length.EqualTo(240));
        Assert.That(losses[^8..].Average(), Is.LessThan(0.5 * losses[..8].Average()));
        Assert.That(summary.Live, Is.GreaterThan(task == ClassificationTask.Instance ? 0.7 : 0.5));
        Assert.That(summary.Averaged is not null, Is.EqualTo(method != FineTuneMethod.FineTune));
        Assert.That(summary.NAveraged, Is.EqualTo(word switch
        {
            "swa" => 120,
            "ema" => 240,
            _ => 0,
        }));
        Assert.That(summary.ExportDifference, Is.LessThan(1e-4));
    }

    [Test]
    public void The_summary_has_the_documented_fields()
    {
        using TinyTask tiny = new();
        RunSummary summary = TinyTask.Run(tiny.Options("out") with { Seed = 7 });

        JsonElement json = JsonDocument.Parse(tiny.RunFile("out", "summary.json")).RootElement;

        Assert.That(json.GetProperty("metric").GetString(), Is.EqualTo("accuracy"));
        Assert.That(json.GetProperty("live").GetDouble(), Is.EqualTo(summary.Live));
        Assert.That(json.GetProperty("averaged").GetDouble(), Is.EqualTo(summary.Averaged));
        Assert.That(json.GetProperty("exported").GetString(), Is.EqualTo("live").Or.EqualTo("averaged"));
        Assert.That(json.GetProperty("test_live").GetDouble(), Is.InRange(0, 1));
        Assert.That(json.GetProperty("test_averaged").GetDouble(), Is.InRange(0, 1));
        Assert.That(json.GetProperty("n_averaged").GetInt64(), Is.EqualTo(20));
        Assert.That(json.GetProperty("steps").GetInt64(), Is.EqualTo(40));
        Assert.That(json.GetProperty("train_seconds").GetDouble(), Is.GreaterThan(0));
        Assert.That(json.GetProperty("examples_per_second").GetDouble(), Is.GreaterThan(0));
        Assert.That(json.GetProperty("seed").GetInt64(), Is.EqualTo(7));
    }
}
