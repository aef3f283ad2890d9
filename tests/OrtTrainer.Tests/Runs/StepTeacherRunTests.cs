using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Runs;

/// <summary>Whole runs of masked language modeling with a teacher, which runs with every step.</summary>
public sealed class StepTeacherRunTests
{
    private TemporaryFolder _folder = null!;
    private RunSummary _teacher = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _folder = new TemporaryFolder();
        TinyCorpus.Write(_folder);
        _teacher = FineTuner.Run(Options("teacher", "swa") with { Epochs = 30 });
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [TestCase("distillation")]
    [TestCase("annealing-distillation")]
    public void A_student_learns_what_stands_beside_what(string method)
    {
        EventList events = new();
        RunSummary summary = FineTuner.Run(Taught($"student-{method}", method) with { Epochs = 30 }, events);

        Assert.That(summary.EvalLive["accuracy"], Is.GreaterThan(0.5), "of 8 words");
        TeacherReport report = events.Of<RunEvent.Started>().Single().Teacher!;
        Assert.That(report.RunsWithSteps);
        Assert.That(
            report.Audit.Perplexity,
            Is.EqualTo(_teacher.ExportsAverage ? _teacher.Averaged : _teacher.Live).Within(1e-4),
            "the same tokens are masked to score on");
        Assert.That(summary.TeacherStepSeconds, Is.GreaterThan(0).And.LessThan(summary.TrainSeconds));
    }

    [Test]
    public void A_student_that_is_its_teacher_is_told_the_same_of_the_same_masks()
    {
        EventList events = new();
        FineTuner.Run(
            Taught("same", "distillation") with
            {
                Model = _folder.File("teacher"), LearningRate = 0, Accumulation = 2, BatchSize = 8, MaxSteps = 3,
            },
            events);

        Assert.That(events.Of<RunEvent.Stepped>().Select(e => e.Report.Terms.Teacher), Is.All.Zero.Within(1e-5));
        Assert.That(events.Of<RunEvent.Stepped>().Select(e => e.Report.Terms.Labels), Is.All.GreaterThan(1e-4));
    }

    [Test]
    public void Annealing_learns_from_the_teacher_first_and_from_the_labels_then()
    {
        EventList events = new();
        FineTuner.Run(Taught("annealed", "annealing-distillation") with { MaxSteps = 6 }, events);

        Assert.That(
            events.Of<RunEvent.Stepped>().Select(e => (e.Report.Terms.Teacher > 0, e.Report.Terms.Labels > 0)),
            Is.EqualTo(Enumerable.Repeat((true, false), 3).Concat(Enumerable.Repeat((false, true), 3))));
    }

    [Test]
    public void Self_distillation_trains_its_own_teacher_first()
    {
        EventList events = new();
        RunSummary summary = FineTuner.Run(
            Options("self", "self-distillation") with { Epochs = 30 }, events);

        Assert.That(summary.EvalLive["accuracy"], Is.GreaterThan(0.5), "of 8 words");
        Assert.That(summary.TeacherTrainSeconds, Is.GreaterThan(0));
        Assert.That(events.Of<RunEvent.Started>().Single().Teacher!.Audit.Perplexity, Is.EqualTo(
            RunSummary.Read(Path.Combine(_folder.File("self"), "run", "teacher")).Live).Within(1e-4));
        Assert.That(events.Of<RunEvent.Stepped>().Select(e => e.Report.Terms.Teacher), Is.All.GreaterThan(0));
    }

    [TestCase("distillation+swa", 7)]
    [TestCase("annealing-distillation", 20)]
    [TestCase("self-distillation+sam", 7)]
    public void An_interrupted_run_goes_on_to_the_same_bits(string method, int step)
    {
        FineTuneOptions options = (method.StartsWith("self", StringComparison.Ordinal)
            ? Options($"whole-{method}", method)
            : Taught($"whole-{method}", method)) with { Accumulation = 2, Epochs = 3, Dropout = 0.1 };
        FineTuner.Run(options);
        string cut = _folder.File($"cut-{method}");
        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped { Report.Step: var done } && done == step)
            {
                source.Cancel();
            }
        });
        Assert.That(
            () => FineTuner.Run(options with { Output = cut }, events, source.Token),
            Throws.InstanceOf<OperationCanceledException>());

        RunSummary summary = FineTuner.Resume(cut);

        Assert.That(Weights(cut), Is.EqualTo(Weights(options.Output)));
        Assert.That(summary.TeacherStepSeconds, Is.GreaterThan(0));
    }

    [Test]
    public void Threads_make_no_difference()
    {
        FineTuneOptions options = Taught("one", "distillation") with { Epochs = 1 };
        FineTuner.Run(options);
        FineTuner.Run(options with { Output = _folder.File("more"), Threads = 3 });

        Assert.That(Weights(_folder.File("more")), Is.EqualTo(Weights(options.Output)));
    }

    [Test]
    public void A_run_whose_teacher_has_changed_is_not_gone_on_with()
    {
        string changing = _folder.File("changing");
        TinyBert.Write(changing, TinyCorpus.Words, masked: true);
        FineTuneOptions options = Taught("changed", "distillation") with
        {
            MaxSteps = 2, Teacher = new() { Model = changing },
        };
        FineTuner.Run(options);
        TinyBert.Write(changing, TinyCorpus.Words, masked: true, seed: 21);

        Assert.That(() => FineTuner.Resume(options.Output), Throws.InstanceOf<RunException>());
    }

    [Test]
    public void Layers_of_a_teacher_are_refused() => Assert.That(
        () => FineTuner.Run(Taught("rail", "rail-distillation")),
        Throws.ArgumentException.With.Message.EqualTo(
            "Method rail-distillation compares layers by their means over a text, for tasks that answer once for it; "
            + "masked_lm answers for its tokens. Take distillation or annealing-distillation."));

    [Test]
    public void The_memory_that_is_forecast_includes_the_teacher()
    {
        Assert.That(Forecast("distillation") - Forecast("finetune"), Is.GreaterThan(sizeof(float) * 1000));

        long Forecast(string method)
        {
            EventList events = new();
            FineTuneOptions options = method == "finetune"
                ? Options($"forecast-{method}", method)
                : Taught($"forecast-{method}", method);
            FineTuner.Run(options with { MaxSteps = 1 }, events);
            return events.Of<RunEvent.Started>().Single().MemoryEstimate;
        }
    }

    private static byte[] Weights(string output) =>
        File.ReadAllBytes(Path.Combine(output, "run", "last.safetensors"));

    private FineTuneOptions Taught(string output, string method) =>
        Options(output, method) with { Teacher = new() { Model = _folder.File("teacher") } };

    private FineTuneOptions Options(string output, string method) => TinyCorpus.Options(_folder, output, method);
}
