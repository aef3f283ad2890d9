using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Runs;

/// <summary>How runs end: by patience, by the clock, with the best weights or the last.</summary>
public sealed class RunEndingTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [Test]
    public void Patience_ends_a_run_and_restores_the_best_weights()
    {
        // A rate so high that the model soon gets worse.
        FineTuneOptions options = _tiny.Options("out") with
        {
            Method = FineTuneMethod.FineTune, EvalSteps = 2, Patience = 3, LearningRate = 0.05, Epochs = 50,
            Metric = "log_loss",
        };
        EventList events = new();

        RunSummary summary = TinyTask.Run(options, events);

        (long Step, double Score)[] scores =
            [.. events.Of<RunEvent.Evaluated>().Select(e => (e.Point.Step, e.Point.Live["log_loss"]))];
        (long Step, double Score) best = scores.MinBy(s => s.Score);
        Assert.That(summary.StoppedBy, Is.EqualTo("patience"));
        Assert.That(summary.Steps, Is.EqualTo(best.Step + (3 * 2)));
        Assert.That((summary.BestStep, summary.Best), Is.EqualTo(best));
        Assert.That(summary.Live, Is.EqualTo(best.Score));
        Assert.That(Weights("run/best"), Is.EqualTo(Weights("model")), "the best weights are exported");
        Assert.That(Weights("run/last"), Is.Not.EqualTo(Weights("run/best")), "the last ones are kept beside them");
    }

    [Test]
    public void Without_patience_the_last_weights_count()
    {
        RunSummary summary = TinyTask.Run(_tiny.Options("out") with { Method = FineTuneMethod.FineTune });

        Assert.That(summary.StoppedBy, Is.Null);
        Assert.That(Weights("run/last"), Is.EqualTo(Weights("model")));
        Assert.That(Path.Combine(_tiny.Output("out"), "run", "best.safetensors"), Does.Not.Exist);
    }

    [Test]
    public void Live_best_and_averaged_weights_are_kept_apart()
    {
        RunSummary summary = TinyTask.Run(_tiny.Options("out") with { KeepBest = true, EvalSteps = 3 });

        Assert.That(Weights("run/averaged"), Is.Not.EqualTo(Weights("run/last")));
        Assert.That(Weights("model"), Is.EqualTo(
            Weights(summary.Exported == "averaged" ? "run/averaged" : "run/best")));
        bool averagedLoses = summary.Averaged < summary.Live;
        Assert.That(summary.Exported, Is.EqualTo(averagedLoses ? "live" : "averaged"));
    }

    [Test]
    public void The_clock_ends_a_run_as_if_done_after_a_last_evaluation()
    {
        EventList events = new();

        RunSummary summary = TinyTask.Run(_tiny.Options("out") with { MaxSeconds = 1e-9, KeepBest = true }, events);

        Assert.That((summary.Steps, summary.StoppedBy), Is.EqualTo((1L, "max_seconds")));
        Assert.That(events.Of<RunEvent.Evaluated>().Single().Point.Step, Is.EqualTo(1));
        Assert.That(summary.BestStep, Is.EqualTo(1));
        Assert.That(summary.Averaged, Is.Null, "averaging had not begun");
        Assert.That(summary.Exported, Is.EqualTo("live"));
    }

    [Test]
    public void Steps_can_be_given_instead_of_epochs()
    {
        EventList events = new();

        RunSummary summary = TinyTask.Run(_tiny.Options("out") with { MaxSteps = 11, EvalSteps = 4 }, events);

        Assert.That(summary.Steps, Is.EqualTo(11));
        Assert.That(events.Of<RunEvent.Evaluated>().Select(e => e.Point.Step), Is.EqualTo(new[] { 4, 8, 11 }));
        Assert.That(
            events.Of<RunEvent.Evaluated>()
                .Select(e => e.Point.Averaged is not null), Is.EqualTo(new[] { false, true, true }));
    }

    [Test]
    public void A_loss_that_is_no_number_ends_the_run_and_the_last_checkpoint_stays()
    {
        using TinyTask tiny = new(RegressionTask.Instance);
        EventList events = new();

        // Squared errors of 1e30 overflow float32.
        File.AppendAllText(tiny.Train, "the big cat\t1e30\n");
        Assert.That(
            () => TinyTask.Run(tiny.Options("out") with { CheckpointSeconds = 0, Seed = 3 }, events),
            Throws.InstanceOf<RunException>().With.Message.Contains("the loss is"));

        long done = events.Of<RunEvent.Stepped>().Count();
        Assert.That(events.Of<RunEvent.Saved>().LastOrDefault()?.Step ?? 0, Is.EqualTo(done));
    }

    /// <summary>The classifier's weights, from a file of the run or the exported model.</summary>
    private float[] Weights(string name)
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(_tiny.Output("out"), name + ".safetensors"));
        float[] values = new float[48];
        file.ReadFloats("classifier.weight", values);
        return values;
    }
}
