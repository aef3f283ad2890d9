using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Methods;

/// <summary>Ranges of the methods' options, and what does not go together.</summary>
public sealed class MethodOptionsTests
{
    private static readonly FineTuneOptions Valid = new()
    {
        Model = "model", Output = "out", Data = new DataOptions { Train = "train.tsv" },
    };

    private static IEnumerable<TestCaseData> OutOfRange()
    {
        static TestCaseData Case(string expected, Func<object> make) =>
            new TestCaseData(make, expected).SetArgDisplayNames(expected);
        yield return Case("Epsilon is 1; expected from 0 to below 1", () => new LabelSmoothing { Epsilon = 1 });
        yield return Case("Convention is 7; expected one of Uniform, Others", () =>
            new LabelSmoothing { Convention = (SmoothingConvention)7 });
        yield return Case("Alpha is 1.5; expected from 0 to 1", () => new TfReg { Alpha = 1.5 });
        yield return Case("Confidence is 0.5; expected from 0.9 to below 1", () =>
            new TfReg { Confidence = 0.5 });
        yield return Case("Temperature is 0; expected above 0", () => new TfReg { Temperature = 0 });
        yield return Case("Alpha is -0.1; expected from 0 to 1", () => new Distillation { Alpha = -0.1 });
        yield return Case("Alpha is NaN; expected from 0 to 1", () => new Distillation { Alpha = double.NaN });
        yield return Case("Temperature is -2; expected above 0", () => new Distillation { Temperature = -2 });
        yield return Case("Beta is -1; expected 0 or more", () => new ConfidencePenalty { Beta = -1 });
        yield return Case("Alpha is -1; expected 0 or more", () => new RDrop { Alpha = -1 });
        yield return Case("Epsilon is -1.5; expected -1 or more", () => new Poly1 { Epsilon = -1.5 });
        yield return Case("Gamma is -1; expected 0 or more", () => new Focal { Gamma = -1 });
        yield return Case("MaxTemperature is 0; expected 1 or more", () =>
            new AnnealingDistillation { MaxTemperature = 0 });
        yield return Case("TeacherShare is 1; expected above 0 and below 1", () =>
            new AnnealingDistillation { TeacherShare = 1 });
        yield return Case("LabelWeight is -1; expected 0 or more", () => new RailDistillation { LabelWeight = -1 });
        yield return Case("TeacherWeight is NaN; expected 0 or more", () =>
            new RailDistillation { TeacherWeight = double.NaN });
        yield return Case("IntermediateWeight is -0.5; expected 0 or more", () =>
            new RailDistillation { IntermediateWeight = -0.5 });
        yield return Case("Temperature is 0; expected above 0", () => new RailDistillation { Temperature = 0 });
        yield return Case("MapWidth is 0; expected 1 or more", () => new RailDistillation { MapWidth = 0 });
        yield return Case("ByLabel has 0 for 'yes'; expected a number above 0", () =>
            new ClassWeights { ByLabel = new Dictionary<string, double> { ["yes"] = 0 } });
    }

    [TestCaseSource(nameof(OutOfRange))]
    public void A_value_out_of_range_names_field_value_and_range(Func<object> make, string expected) =>
        Assert.That(() => make(), Throws.InstanceOf<ArgumentException>().With.Message.Contains(expected));

    [TestCase("label-smoothing", "multi_label")]
    [TestCase("tf-reg+swa", "regression")]
    [TestCase("confidence-penalty", "multi_label")]
    [TestCase("r-drop", "regression")]
    [TestCase("focal", "multi_label")]
    [TestCase("poly-1", "regression")]
    public void Losses_of_exclusive_classes_are_refused_elsewhere(string method, string task) => Refuses(
        Valid with { Method = FineTuneMethod.Parse(method), Data = Valid.Data with { Task = ModelTask.Named(task) } },
        $"Method {method} is for classes that exclude each other; the task is {task}");

    [TestCase("distillation")]
    [TestCase("annealing-distillation+swa")]
    [TestCase("rail-distillation+sam+ema")]
    public void A_distillation_needs_a_teacher(string method)
    {
        FineTuneOptions options = Valid with { Method = FineTuneMethod.Parse(method) };

        Refuses(options, $"Teacher is missing: {method} learns from one");
        Refuses(options with { Teacher = new() { MaxLength = 64 } }, "Teacher is missing");
        Assert.That((options with { Teacher = new() { Model = "t" } }).Resolve().Teacher!.Model,
            Is.EqualTo(Path.GetFullPath("t")));
    }

    [Test]
    public void A_teacher_that_nobody_listens_to_is_refused() => Refuses(
        Valid with { Method = FineTuneMethod.Parse("swa"), Teacher = new() { Model = "t" } },
        "Teacher is given, but swa learns from none");

    [Test]
    public void A_file_of_logits_has_no_layers_to_learn_from() => Refuses(
        Valid with { Method = FineTuneMethod.Parse("rail-distillation"), Teacher = new() { Logits = "l" } },
        "Teacher is a file of logits, which tells nothing of its layers; rail-distillation needs a teacher's weights");

    [Test]
    public void A_teacher_is_one_thing_only() => Refuses(
        Valid with
        {
            Method = FineTuneMethod.Parse("distillation"), Teacher = new() { Model = "t", Logits = "l" },
        }, "both are given");

    [Test]
    public void R_drop_without_dropout_has_nothing_to_compare() => Refuses(
        Valid with { Method = FineTuneMethod.Parse("r-drop"), Dropout = 0 }, "with Dropout 0 they are the same");

    [TestCase("annealing-distillation+ema", "ema averages from 0 of the steps on, but the labels count only after 0.5")]
    [TestCase("annealing-distillation+swa", null)]
    public void Weights_that_have_not_seen_labels_are_not_averaged(string method, string? refusal)
    {
        FineTuneOptions options = Valid with { Method = FineTuneMethod.Parse(method), Teacher = new() { Model = "t" } };

        Assert.That(options.Resolve, refusal is null
            ? Throws.Nothing
            : Throws.ArgumentException.With.Message.Contains(refusal));
    }

    [Test]
    public void Class_weights_are_balanced_or_given()
    {
        Dictionary<string, double> weights = new() { ["yes"] = 2 };

        Refuses(Valid with { ClassWeights = new() }, "found neither");
        Refuses(Valid with { ClassWeights = new() { Balanced = true, ByLabel = weights } }, "found both");
        DataOptions regression = Valid.Data with { Task = RegressionTask.Instance };
        Refuses(Valid with { ClassWeights = new() { Balanced = true }, Data = regression }, "the task is regression");
    }

    private static void Refuses(FineTuneOptions options, string message) =>
        Assert.That(() => options.Resolve(), Throws.ArgumentException.With.Message.Contains(message));
}
