using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Tests.Runs;

/// <summary>Interrupted runs go on to the bits of an undisturbed one, or say clearly why they cannot.</summary>
public sealed class RunResumeTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [TestCase(1)]
    [TestCase(17)]
    [TestCase(39)]
    public void A_cancelled_run_goes_on_to_the_same_bits(int step)
    {
        FineTuneOptions options =
            _tiny.Options("whole") with { Accumulation = 2, Method = FineTuneMethod.Parse("ema"), Epochs = 10 };
        TinyTask.Run(options);

        Cancel(options with { Output = _tiny.Output("cancelled") }, e =>
            e is RunEvent.Stepped s && s.Report.Step == step);
        EventList events = new();
        RunSummary summary = Resume("cancelled", events);

        Assert.That(events.Of<RunEvent.Started>().Single().StartStep, Is.EqualTo(step));
        Assert.That(summary.Steps, Is.EqualTo(40));
        AssertSameBits("cancelled", "whole");
        Assert.That(RunLines.Untimed(_tiny, "cancelled"), Is.EqualTo(RunLines.Untimed(_tiny, "whole")));
    }

    [TestCase(1)]
    [TestCase(7)]
    public void Batches_of_like_length_go_on_to_the_same_bits(int step)
    {
        FineTuneOptions options =
            _tiny.Options("whole") with { BatchSize = 4, Accumulation = 3, BatchByLength = 5, Epochs = 2 };
        TinyTask.Run(options);
        TinyTask.Run(options with { Output = _tiny.Output("any"), BatchByLength = null });

        TinyTask.RunInParts(options with { Output = _tiny.Output("cancelled") }, step);

        AssertSameBits("cancelled", "whole");
        Assert.That(RunLines.Untimed(_tiny, "cancelled"), Is.EqualTo(RunLines.Untimed(_tiny, "whole")));
        Assert.That(RunLines.Untimed(_tiny, "any"), Is.Not.EqualTo(RunLines.Untimed(_tiny, "whole")));
    }

    [Test]
    public void A_run_cancelled_before_its_first_step_has_a_checkpoint()
    {
        FineTuneOptions options = _tiny.Options("whole");
        TinyTask.Run(options);

        Cancel(options with { Output = _tiny.Output("cancelled") }, e => e is RunEvent.Started);
        Resume("cancelled");

        AssertSameBits("cancelled", "whole");
    }

    [Test]
    public void An_evaluation_that_was_interrupted_is_made_up_for()
    {
        FineTuneOptions options = _tiny.Options("whole") with { EvalSteps = 5, KeepBest = true };
        TinyTask.Run(options);

        // The step of the evaluation is reported before it begins, and the evaluation itself sees the cancellation.
        Cancel(options with { Output = _tiny.Output("cancelled") }, e => e is RunEvent.Stepped { Report.Step: 15 });
        Assert.That(Evaluated("cancelled"), Is.EqualTo(new[] { 5, 10 }));
        Resume("cancelled");

        Assert.That(Evaluated("cancelled"), Is.EqualTo(new[] { 5, 10, 15, 20, 25, 30, 35, 40 }));
        Assert.That(RunLines.Untimed(_tiny, "cancelled"), Is.EqualTo(RunLines.Untimed(_tiny, "whole")));
        AssertSameBits("cancelled", "whole");
    }

    private static IEnumerable<TestCaseData> Deaths()
    {
        static TestCaseData Case(string name, Predicate<RunEvent> when) =>
            new TestCaseData(when).SetArgDisplayNames(name);
        yield return Case("after a step", e => e is RunEvent.Stepped { Report.Step: 13 });
        yield return Case("after the first best evaluation, not yet saved", e =>
            e is RunEvent.Evaluated { Point.Step: 3 });
        yield return Case("between the checkpoint and the best weights", e => e is RunEvent.Saved { Step: 3 });
        yield return Case("after a late evaluation", e => e is RunEvent.Evaluated { Point.Step: 33 });
        yield return Case("after the last checkpoint, before the export", e => e is RunEvent.Saved { Step: 40 });
    }

    [TestCaseSource(nameof(Deaths))]
    public void A_run_that_dies_at_a_bad_moment_goes_on_to_the_same_bits(Predicate<RunEvent> when)
    {
        FineTuneOptions options = _tiny.Options("whole") with { EvalSteps = 3, KeepBest = true, Metric = "log_loss" };
        RunSummary whole = TinyTask.Run(options);
        EventList deadly = new(e =>
        {
            if (when(e))
            {
                throw new TimeoutException("power cut");
            }
        });
        Assert.That(
            () => TinyTask.Run(options with { Output = _tiny.Output("dead") }, deadly),
                Throws.TypeOf<TimeoutException>());

        RunSummary summary = Resume("dead");

        Assert.That((summary.BestStep, summary.Best, summary.Live), Is.EqualTo(
            (whole.BestStep, whole.Best, whole.Live)));
        Assert.That(RunLines.Untimed(_tiny, "dead"), Is.EqualTo(RunLines.Untimed(_tiny, "whole")));
        AssertSameBits("dead", "whole");
    }

    [Test]
    public void The_clock_ends_a_run_whose_best_weights_are_lost_with_the_last_ones()
    {
        FineTuneOptions options = _tiny.Options("out") with { EvalSteps = 3, KeepBest = true, CheckpointSeconds = 0 };
        Cancel(options, e => e is RunEvent.Stepped { Report.Step: 5 });
        File.Delete(Path.Combine(_tiny.Output("out"), "run", "best.safetensors"));
        string optionsFile = RunFolder.OptionsFileOf(_tiny.Output("out"));
        File.WriteAllText(optionsFile, File.ReadAllText(optionsFile).Replace(
            "\"max_seconds\": null", "\"max_seconds\": 1e-9"));

        EventList events = new();
        RunSummary summary = Resume("out", events);

        Assert.That((summary.Steps, summary.StoppedBy), Is.EqualTo((5L, "max_seconds")));
        bool lost = summary.BestStep == 3;
        Assert.That(events.Of<RunEvent.Noted>()
            .Count(n => n.Message.Contains("best step, 3, are lost")), Is.EqualTo(lost ? 1 : 0));
    }

    [Test]
    public void The_checkpoint_before_is_taken_where_the_latest_is_damaged()
    {
        FineTuneOptions options = _tiny.Options("whole") with { CheckpointSeconds = 0, KeepBest = true };
        TinyTask.Run(options);
        Cancel(options with { Output = _tiny.Output("damaged") }, e => e is RunEvent.Saved { Step: 20 });
        string latest = Path.Combine(_tiny.Output("damaged"), "run", "checkpoint.safetensors");
        byte[] bytes = File.ReadAllBytes(latest);
        bytes[^100] ^= 1;
        File.WriteAllBytes(latest, bytes);

        EventList events = new();
        Resume("damaged", events);

        Assert.That(events.Of<RunEvent.Noted>().Single().Message, Does.Contain("checkpoint.previous")
            .And.Contain("damaged"));
        AssertSameBits("damaged", "whole");
    }

    [Test]
    public void A_run_that_is_done_is_scored_and_exported_again()
    {
        RunSummary first = TinyTask.Run(_tiny.Options("out"));
        byte[] model = File.ReadAllBytes(Path.Combine(_tiny.Output("out"), "model.safetensors"));
        string[] lines = RunLines.Untimed(_tiny, "out");
        File.Delete(Path.Combine(_tiny.Output("out"), "onnx", "model.onnx"));

        EventList events = new();
        RunSummary again = Resume("out", events);

        Assert.That(events.Of<RunEvent.Noted>().Single().Message, Does.Contain("40").And.Contain("exporting again"));
        Assert.That(events.Of<RunEvent.Stepped>(), Is.Empty);
        Assert.That((again.Live, again.Averaged, again.Steps), Is.EqualTo((first.Live, first.Averaged, first.Steps)));
        Assert.That(File.ReadAllBytes(Path.Combine(_tiny.Output("out"), "model.safetensors")), Is.EqualTo(model));
        Assert.That(Path.Combine(_tiny.Output("out"), "onnx", "model.onnx"), Does.Exist);
        Assert.That(RunLines.Untimed(_tiny, "out"), Is.EqualTo(lines));
    }

    [Test]
    public void A_run_that_patience_ended_stays_ended()
    {
        RunSummary first = TinyTask.Run(_tiny.Options("out") with { EvalSteps = 2, Patience = 2 });

        EventList events = new();
        RunSummary again = Resume("out", events);

        Assert.That(first.StoppedBy, Is.EqualTo("patience"));
        Assert.That(again with { ExportDifference = first.ExportDifference, EvalLive = first.EvalLive,
            EvalAveraged = first.EvalAveraged, DifferenceInterval = first.DifferenceInterval,
            TestLiveScores = first.TestLiveScores, TestAveragedScores = first.TestAveragedScores }, Is.EqualTo(first));
        Assert.That(events.Of<RunEvent.Stepped>(), Is.Empty);
    }

    [TestCase("train.tsv")]
    [TestCase("eval.tsv")]
    [TestCase("test.tsv")]
    public void Changed_data_are_refused(string file)
    {
        Cancel(_tiny.Options("out"), e => e is RunEvent.Stepped { Report.Step: 3 });
        _tiny.WriteRows(file, file == "train.tsv" ? 60 : 24, seed: 99);

        Assert.That(() => Resume("out"), Throws.TypeOf<RunException>().With.Message.Contains("other data"));
    }

    [Test]
    public void A_run_without_a_checkpoint_starts_anew()
    {
        TinyTask.Run(_tiny.Options("whole"));
        Cancel(_tiny.Options("out"), e => e is RunEvent.Started);
        File.Delete(Path.Combine(_tiny.Output("out"), "run", "checkpoint.safetensors"));

        EventList events = new();
        Resume("out", events);

        Assert.That(events.Of<RunEvent.Noted>().Single().Message, Does.Contain("no checkpoint"));
        AssertSameBits("out", "whole");
    }

    [TestCase("false", "true")]
    [TestCase("true", "false")]
    public void Layers_may_be_computed_again_from_a_checkpoint_on_or_no_more(string before, string after)
    {
        FineTuneOptions options = _tiny.Options("whole");
        TinyTask.Run(options);
        Cancel(options with { Output = _tiny.Output("cancelled"), Recompute = before == "true" }, e =>
            e is RunEvent.Stepped { Report.Step: 11 });
        string file = RunFolder.OptionsFileOf(_tiny.Output("cancelled"));
        string text = File.ReadAllText(file);
        Assert.That(text, Does.Contain($"\"recompute\": {before}"));
        File.WriteAllText(file, text.Replace($"\"recompute\": {before}", $"\"recompute\": {after}"));

        EventList events = new();
        Resume("cancelled", events);

        Assert.That(events.Of<RunEvent.Started>().Single().StartStep, Is.EqualTo(11));
        AssertSameBits("cancelled", "whole");
    }

    private RunSummary Resume(string output, EventList? events = null) =>
        FineTuner.ResumeAsync(_tiny.Output(output), events).GetAwaiter().GetResult();

    private static void Cancel(FineTuneOptions options, Predicate<RunEvent> when)
    {
        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (when(e))
            {
                source.Cancel();
            }
        });
        Assert.That(
            () => FineTuner.RunAsync(options, events, source.Token).GetAwaiter().GetResult(),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(events.Of<RunEvent.Saved>(), Is.Not.Empty);
    }

    private int[] Evaluated(string output) =>
        [.. RunLines.Of(_tiny, output).Where(line => line.ContainsKey("eval")).Select(line => (int)line["step"]!)];

    private void AssertSameBits(string output, string expected)
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(_tiny.Output(expected), "run"), "*.safetensors")
            .Select(file => Path.GetFileName(file))
                .Where(file => !file.StartsWith("checkpoint", StringComparison.Ordinal))];
        Assert.That(files, Has.Length.InRange(2, 3));
        foreach (string file in files)
        {
            Assert.That(_tiny.RunFile(output, file), Is.EqualTo(_tiny.RunFile(expected, file)), file);
        }
    }
}
