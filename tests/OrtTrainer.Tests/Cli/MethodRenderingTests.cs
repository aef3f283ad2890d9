using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Cli;

/// <summary>Losses and teachers in words.</summary>
public sealed class MethodRenderingTests
{
    private static readonly FineTuneOptions Options = new()
    {
        Model = "m", Output = "o", Data = new DataOptions { Train = "t" },
    };

    [TestCase("swa", null)]
    [TestCase("label-smoothing", "smoothing 0.1 (uniform)")]
    [TestCase("tf-reg", "virtual teacher 0.9 on the label, share 0.5, no temperature")]
    [TestCase("distillation+swa", "teacher's share 0.9, kullback_leibler at temperature 2, times T^2")]
    [TestCase("annealing-distillation",
        "teacher's logits, growing in 7 stages over 50% of training, then labels")]
    [TestCase("rail-distillation", "labels 0.3333, teacher 0.3333 (kullback_leibler at temperature 2, times T^2), "
        + "its layers, drawn every epoch and mapped to 128, 0.3333")]
    [TestCase("confidence-penalty", "labels less 0.1 of the entropy")]
    [TestCase("r-drop", "two passes, symmetric KL times 1")]
    [TestCase("poly-1", "cross-entropy plus 1 (1 - p)")]
    [TestCase("focal", "labels, modulating factor with gamma 2")]
    public void The_settings_of_the_loss_stand_in_the_head(string method, string? expected) => Assert.That(
        PartLines.Loss(Options with { Method = FineTuneMethod.Parse(method) }), Is.EqualTo(expected));

    [Test]
    public void Conventions_are_named()
    {
        FineTuneOptions smoothing = Options with
        {
            Method = FineTuneMethod.Of(
                new LabelSmoothing { Epsilon = 0.2, Convention = SmoothingConvention.Others }),
            ClassWeights = new() { Balanced = true },
        };
        FineTuneOptions distillation = Options with
        {
            Method = FineTuneMethod.Of(new Distillation
            {
                Temperature = 4,
                TemperatureSquared = false,
                Loss = DistillationLoss.SoftCrossEntropy,
            }),
            ClassWeights = new() { ByLabel = new Dictionary<string, double> { ["yes"] = 2.5 } },
        };

        Assert.That(PartLines.Loss(smoothing), Is.EqualTo("smoothing 0.2 (others); balanced classes"));
        Assert.That(PartLines.Loss(distillation), Is.EqualTo(
            "teacher's share 0.9, soft_cross_entropy at temperature 4, not times T^2; class weights yes 2.5"));
    }

    [Test]
    public void A_step_shows_the_parts_of_its_loss_where_it_has_several()
    {
        Assert.That(RunLines.Loss(new(0.5f, 0, 0)), Is.EqualTo("loss 0.5000"));
        Assert.That(RunLines.Loss(new(0.5f, 0.25f, 0)), Is.EqualTo("loss 0.7500 (labels 0.5000, teacher 0.2500)"));
        Assert.That(RunLines.Loss(new(0.5f, 0.25f, 0, 0.125f)),
            Is.EqualTo("loss 0.8750 (labels 0.5000, teacher 0.2500, layers 0.1250)"));
        Assert.That(RunLines.Loss(new(0.5f, 0, -0.125f)), Is.EqualTo("loss 0.3750 (labels 0.5000, penalty -0.1250)"));
    }

    [TestCase(false, "ran for 0:12 and 253 MB on cpu")]
    [TestCase(true, "did not run: its outputs were kept; they took 0:12 and 253 MB on cpu")]
    public void A_teacher_is_shown_with_its_quality_and_cost(bool cached, string cost)
    {
        TeacherReport report = new()
        {
            Name = "big", Source = "/models/big", Rows = 100, Outputs = 3, IsCached = cached, ElapsedSeconds = 1,
            Cost = new TeacherCost(12.2, 253_000_000, "cpu", 2),
            Audit = new TeacherAudit
            {
                Task = "classification", Rows = 100, Accuracy = 0.9738, CalibrationError = 0.018,
                ConfidentlyWrong = 0.0097,
            },
        };

        Assert.That(TeacherLines.Of(report), Is.EqualTo(new[]
        {
            "big; on the training data: accuracy 0.9738, calibration error 0.0180, confidently wrong 0.97%", cost,
        }));
    }

    [Test]
    public void A_teacher_that_runs_with_the_steps_is_shown_with_its_share_of_their_time()
    {
        TeacherReport report = new()
        {
            Name = "big", Source = "/models/big", Rows = 500, Outputs = 4000, IsCached = false, RunsWithSteps = true,
            IsAuditOfEvaluation = true,
            ElapsedSeconds = 1, Cost = new TeacherCost(12.2, 253_000_000, "cpu", 2),
            Audit = new TeacherAudit { Task = "masked_lm", Rows = 500, Accuracy = 0.4321, Perplexity = 12.3456 },
        };
        RunSummary summary = new()
        {
            Metric = "perplexity", Live = 20, Exported = "live", EvalLive = new Dictionary<string, double>(),
            TrainSeconds = 8, TeacherStepSeconds = 2,
        };

        Assert.That(TeacherLines.Of(report), Is.EqualTo(new[]
        {
            "big; on the evaluation data: perplexity 12.3456, accuracy 0.4321",
            "runs with every step, and nothing is kept; 500 examples took 0:12 and 253 MB on cpu",
        }));
        Assert.That(RunResult.Lines(summary).Last(), Is.EqualTo("teacher: ran with the steps, 25% of their time"));
    }
}
