using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Randomness;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Runs;

/// <summary>What methods make of labels and teachers, through the graph that trains.</summary>
public sealed class RunObjectiveTests
{
    private const int Classes = 4;
    private const int Rows = 6;

    private static readonly FineTuneOptions Options = new()
    {
        Model = "m", Output = "o", Data = new DataOptions { Train = "t" }, Method = FineTuneMethod.FineTune,
    };

    private static readonly EncodedDataset Data = ObjectiveProbe.Data(
        ClassificationTask.Instance, Classes, ["class0", "class1", "class3", "class3", "class2", "class3"]);

    private static readonly float[] Logits = Numbers(Rows * Classes, seed: 1);

    private static readonly float[] Teacher = Numbers(Rows * Classes, seed: 2);

    private static IEnumerable<FineTuneOptions> Everything()
    {
        foreach (string word in FineTuneMethod.Words)
        {
            FineTuneMethod method = FineTuneMethod.Parse(word);
            yield return Options with { Method = method };
            yield return Options with { Method = method, ClassWeights = new() { Balanced = true } };
        }

        foreach (DistillationLoss loss in Enum.GetValues<DistillationLoss>())
        {
            yield return With(new Distillation { Loss = loss, Temperature = 3 });
        }

        yield return With(new TfReg { Temperature = 5, TemperatureSquared = true });
    }

    [TestCaseSource(nameof(Everything))]
    public void The_gradient_is_that_of_the_loss(FineTuneOptions options)
    {
        const float Step = 1f / 64;
        float[] logits = Twofold(options) ? [.. Logits, .. Teacher] : Logits;

        (_, _, float[] gradient) = ObjectiveProbe.Run(options, Data, logits, Teacher);

        int checkedElements = 0;
        foreach (int i in Enumerable.Range(0, logits.Length).Where(i => i % 5 == 0))
        {
            double difference = Moved(options, logits, i, Step) - Moved(options, logits, i, -Step);
            Assert.That(gradient[i], Is.EqualTo(difference / (2 * Step)).Within(2e-4), $"element {i}");
            checkedElements++;
        }

        Assert.That(checkedElements, Is.GreaterThanOrEqualTo(5));
    }

    [TestCaseSource(nameof(Everything))]
    public void Loss_and_gradient_are_finite_at_logits_of_a_hundred(FineTuneOptions options)
    {
        float[] extreme = [.. Logits.Select((_, i) => i % 3 == 0 ? 100f : -100f)];
        float[] all = Twofold(options) ? [.. extreme, .. extreme.Select(z => -z)] : extreme;
        float[] teacher = [.. extreme.Select((z, i) => i % 2 == 0 ? z : -z)];

        (float loss, LossParts terms, float[] gradient) = ObjectiveProbe.Run(options, Data, all, teacher);

        Assert.That(float.IsFinite(loss), $"{loss}");
        Assert.That(gradient, Has.All.Matches<float>(float.IsFinite));
        Assert.That(terms.Total, Is.EqualTo(loss));
    }

    [Test]
    public void TF_reg_at_temperature_1_is_label_smoothing_of_the_others()
    {
        FineTuneOptions tfReg = With(new TfReg { Alpha = 0.4, Confidence = 0.95 });
        FineTuneOptions smoothing =
            With(new LabelSmoothing { Epsilon = 0.4 * 0.05, Convention = SmoothingConvention.Others });

        (float first, LossParts terms, float[] gradient) = ObjectiveProbe.Run(tfReg, Data, Logits);
        (float second, _, float[] same) = ObjectiveProbe.Run(smoothing, Data, Logits);

        Assert.That(first, Is.EqualTo(second).Within(2e-6));
        Assert.That(gradient, Is.EqualTo(same).Within(1e-7));
        Assert.That(terms.Teacher, Is.GreaterThan(0).And.LessThan(first));
    }

    [Test]
    public void Balanced_weights_give_every_class_the_same_say()
    {
        double expected = 0;
        foreach (int label in Enumerable.Range(0, Classes))
        {
            int[] rows = [.. Enumerable.Range(0, Rows).Where(row => ((ClassTargets)Data.Targets).Ids[row] == label)];
            expected += rows.Average(row => CrossEntropy(row, label)) / Classes;
        }

        (float loss, _, _) = ObjectiveProbe.Run(
            Options with { ClassWeights = new() { Balanced = true } }, Data, Logits);

        Assert.That(loss, Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void Weights_of_labels_that_the_data_lack_are_refused() => Assert.That(
        () => ObjectiveProbe.Run(
            Options with { ClassWeights = new() { ByLabel = new Dictionary<string, double> { ["klass"] = 1 } } },
            Data, Logits),
        Throws.TypeOf<RunException>().With.Message.Contains("'klass'").And.Message.Contains("class0, class1"));

    [TestCase(0, 1f / 3, 0f)]
    [TestCase(1, 1f / 3, 0f)]
    [TestCase(2, 2f / 3, 0f)]
    [TestCase(4, 1f, 0f)]
    [TestCase(5, 1f, 1f)]
    [TestCase(9, 1f, 1f)]
    public void Annealing_lets_the_teacher_grow_and_then_turns_to_the_labels(long step, float scale, float labels)
    {
        FineTuneOptions options = With(new AnnealingDistillation { MaxTemperature = 3, TeacherShare = 0.5 });
        double error = MeanSquaredError.Loss(
            [.. Logits.Select(z => (double)z)], [.. Teacher.Select(t => (double)t * scale)], default);

        (_, LossParts terms, _) = ObjectiveProbe.Run(options, Data, Logits, Teacher, step);

        Assert.That(terms.Teacher, Is.EqualTo(labels == 0 ? error : 0).Within(1e-5));
        Assert.That(terms.Labels, labels == 0 ? Is.Zero : Is.GreaterThan(0.1));
    }

    [Test]
    public void Labels_that_do_not_exclude_each_other_have_a_divergence_each()
    {
        EncodedDataset data = ObjectiveProbe.Data(MultiLabelTask.Instance, 2, ["class0|class1", "class1", ""]);
        float[] logits = [0.5f, -1, 2, 0.25f, -3, 1];
        float[] teacher = [1, -2, 3, 0.5f, 0, -1];
        const double T = 2;
        double expected = logits.Zip(teacher, (z, t) =>
        {
            (double p, double q) = (Sigmoid(t / T), Sigmoid(z / T));
            return (p * Math.Log(p / q)) + ((1 - p) * Math.Log((1 - p) / (1 - q)));
        }).Average() * T * T;

        (_, LossParts terms, _) = ObjectiveProbe.Run(
            With(new Distillation { Alpha = 1, Temperature = T }), data, logits, teacher);

        Assert.That(terms.Teacher, Is.EqualTo(expected).Within(1e-6));
        Assert.That(terms.Labels, Is.Zero);
    }

    [Test]
    public void A_regression_learns_from_the_teachers_number()
    {
        EncodedDataset data = ObjectiveProbe.Data(RegressionTask.Instance, 1, ["1", "2"]);

        (float loss, LossParts terms, _) = ObjectiveProbe.Run(
            With(new Distillation { Alpha = 0.25 }), data, [1.5f, 4], [2, 2]);

        Assert.That(terms.Labels, Is.EqualTo(0.75 * (0.25 + 4) / 2).Within(1e-6));
        Assert.That(terms.Teacher, Is.EqualTo(0.25 * (0.25 + 4) / 2).Within(1e-6));
        Assert.That(loss, Is.EqualTo(terms.Total));
    }

    [TestCase("classification", 4)]
    [TestCase("multi_label", 4)]
    [TestCase("regression", 1)]
    public void A_teachers_layers_weigh_the_same_whatever_other_losses_are_divided_by(string taskName, int outputs)
    {
        ModelTask task = ModelTask.Named(taskName);
        string[] labels = task == RegressionTask.Instance ? ["1", "2", "3"] : ["class0", "class3", "class1"];
        FineTuneOptions options = With(new RailDistillation
        {
            LabelWeight = 0.25, TeacherWeight = 0.5, IntermediateWeight = 0.75, Temperature = 3,
        }) with { Data = new() { Train = "t", Task = task } };
        TeacherKnowledge teacher = new(
            new KeptOutputs(new float[3 * outputs]), new LayerStates(new float[3 * 2 * 4], 2, 4));

        TrainingObjective objective = RunObjective.Of(
            options, task, ObjectiveProbe.Data(task, outputs, labels), teacher, (PerEpoch: 1, Total: 10),
            studentLayers: 2);

        Dictionary<string, float> weights = objective.Inputs.OfType<LossCoefficient>()
            .ToDictionary(coefficient => coefficient.Name, coefficient => coefficient.At(0));
        Assert.That(
            weights["intermediate_weight"] * objective.MeanScale([0, 1, 2]), Is.EqualTo(0.75f / 3).Within(1e-7));
        Assert.That(weights["label_weight"], Is.EqualTo(0.25f));
        Assert.That((weights.GetValueOrDefault("teacher_weight"), weights.GetValueOrDefault("logit_weight")),
            Is.EqualTo(task == RegressionTask.Instance ? (0f, 0.5f) : (4.5f, 0f)));
    }

    private static FineTuneOptions With(MethodPart part) => Options with { Method = FineTuneMethod.Of(part) };

    private static bool Twofold(FineTuneOptions options) => options.Method.Loss is RDrop;

    private static double Moved(FineTuneOptions options, float[] logits, int index, float by)
    {
        float[] moved = [.. logits];
        moved[index] += by;
        return ObjectiveProbe.Run(options, Data, moved, Teacher).Loss;
    }

    private static double CrossEntropy(int row, int label)
    {
        double[] z = [.. Logits[(row * Classes)..((row + 1) * Classes)].Select(v => (double)v)];
        return Math.Log(z.Sum(Math.Exp)) - z[label];
    }

    private static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));

    private static float[] Numbers(int count, ulong seed)
    {
        SeededRandom random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextGaussian()))];
    }
}
