using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Training.Batches;
using static OrtTrainer.Tests.Methods.Distributions;

namespace OrtTrainer.Tests.Methods;

/// <summary>
/// Every loss as the graph that trains computes it in float32, against the formula of its paper in float64: values, and
/// gradients by central differences of the formula.
/// </summary>
public sealed class LossFormulaTests
{
    private const int K = 4;

    private static readonly int[] Labels = [0, 1, 3, 3, 2, 3];
    private static readonly float[] Logits = Reference.Random(1, Labels.Length * K, scale: 2);
    private static readonly float[] Teacher = Reference.Random(2, Labels.Length * K, scale: 2);

    private static readonly FineTuneOptions Plain = new()
    {
        Model = "model", Output = "out", Data = new DataOptions { Train = "train" }, Method = FineTuneMethod.FineTune,
    };

    private static readonly EncodedDataset Data =
        ObjectiveProbe.Data(ClassificationTask.Instance, K, [.. Labels.Select(label => $"class{label}")]);

    /// <summary>The loss of one example: its logits z, its teacher's t and its label y.</summary>
    private delegate double Formula(double[] z, double[] t, int y);

    private static IEnumerable<TestCaseData> Formulas()
    {
        static double Label(double[] z, int y) => CrossEntropy(OneHot(y, K), Softmax(z));

        yield return Case("labels", Plain, (z, _, y) => Label(z, y));
        yield return Case(
            "label smoothing, all classes", With(new LabelSmoothing { Epsilon = 0.2 }),
            (z, _, y) => CrossEntropy(Mix(0.2, OneHot(y, K), [.. Enumerable.Repeat(1.0 / K, K)]), Softmax(z)));
        yield return Case(
            "label smoothing, the others",
            With(new LabelSmoothing { Epsilon = 0.2, Convention = SmoothingConvention.Others }),
            (z, _, y) => CrossEntropy(VirtualTeacher(0.8, y), Softmax(z)));
        yield return Case(
            "TF-reg", With(new TfReg { Alpha = 0.4, Confidence = 0.95 }),
            (z, _, y) => (0.6 * Label(z, y)) + (0.4 * CrossEntropy(VirtualTeacher(0.95, y), Softmax(z))));
        foreach (bool squared in (bool[])[false, true])
        {
            double factor = squared ? 25 : 1;
            yield return Case(
                $"TF-reg at temperature 5, squared {squared}",
                With(new TfReg { Alpha = 0.4, Confidence = 0.95, Temperature = 5, TemperatureSquared = squared }),
                (z, _, y) => (0.6 * Label(z, y))
                    + (0.4 * factor * Divergence(Tempered(VirtualTeacher(0.95, y), 5), Softmax(z, 5))));
            yield return Case(
                $"distillation, divergence, squared {squared}",
                With(new Distillation { Alpha = 0.7, Temperature = 5, TemperatureSquared = squared }),
                (z, t, y) => (0.3 * Label(z, y)) + (0.7 * factor * Divergence(Softmax(t, 5), Softmax(z, 5))));
        }

        yield return Case(
            "distillation, cross-entropy",
            With(new Distillation { Alpha = 0.7, Temperature = 3, Loss = DistillationLoss.SoftCrossEntropy }),
            (z, t, y) => (0.3 * Label(z, y)) + (0.7 * 9 * CrossEntropy(Softmax(t, 3), Softmax(z, 3))));
        yield return Case(
            "distillation, logits",
            With(new Distillation { Alpha = 0.7, Loss = DistillationLoss.LogitError }),
            (z, t, y) => (0.3 * Label(z, y)) + (0.7 * MeanSquare(z, t)));
        yield return Case(
            "self-distillation", With(new SelfDistillation { Alpha = 0.5, Temperature = 2 }),
            (z, t, y) => (0.5 * Label(z, y)) + (0.5 * 4 * Divergence(Softmax(t, 2), Softmax(z, 2))));
        yield return Case(
            "annealing distillation, first of four stages", With(new AnnealingDistillation { MaxTemperature = 4 }),
            (z, t, _) => MeanSquare(z, [.. t.Select(value => value / 4)]));
        yield return Case(
            "RAIL distillation, but for the layers",
            With(new RailDistillation { LabelWeight = 0.3, TeacherWeight = 0.6, Temperature = 2 }),
            (z, t, y) => (0.3 * Label(z, y)) + (0.6 * 4 * Divergence(Softmax(t, 2), Softmax(z, 2))));
        yield return Case(
            "confidence penalty", With(new ConfidencePenalty { Beta = 0.3 }),
            (z, _, y) => Label(z, y) - (0.3 * CrossEntropy(Softmax(z), Softmax(z))));
        yield return Case(
            "Poly-1", With(new Poly1 { Epsilon = 1.5 }),
            (z, _, y) => Label(z, y) + (1.5 * (1 - Softmax(z)[y])));
        foreach (double gamma in (double[])[0, 2, 0.5])
        {
            yield return Case(
                FormattableString.Invariant($"focal, gamma {gamma}"), With(new Focal { Gamma = gamma }),
                (z, _, y) => -Math.Pow(1 - Softmax(z)[y], gamma) * Math.Log(Softmax(z)[y]));
        }
    }

    [TestCaseSource(nameof(Formulas))]
    public void A_loss_and_its_gradient_are_those_of_the_formula(FineTuneOptions options, Delegate formula)
    {
        Formula row = (Formula)formula;

        Compare(options, Logits, z => Rows(z).Zip(Rows(Double(Teacher)), Labels)
            .Average(r => row(r.First, r.Second, r.Third)));
    }

    [Test]
    public void R_drop_is_the_mean_of_two_passes_and_their_symmetric_divergence()
    {
        // Liang et al. (2021), with the cross-entropy as a mean of both passes.
        const double Alpha = 0.7;

        Compare(With(new RDrop { Alpha = Alpha }), [.. Logits, .. Teacher], both => Rows(both[..Logits.Length])
            .Zip(Rows(both[Logits.Length..]), Labels).Average(r =>
            {
                (double[] p, double[] q, double[] label) = (Softmax(r.First), Softmax(r.Second), OneHot(r.Third, K));
                return ((CrossEntropy(label, p) + CrossEntropy(label, q)) / 2)
                    + (Alpha * (Divergence(p, q) + Divergence(q, p)) / 2);
            }));
    }

    [Test]
    public void Class_weights_make_a_weighted_mean()
    {
        double[] weights = [2, 0.5, 1, 3];
        ClassWeights byLabel = new()
        {
            ByLabel = weights.Select((weight, k) => (weight, k)).ToDictionary(w => $"class{w.k}", w => w.weight),
        };

        Compare(Plain with { ClassWeights = byLabel }, Logits, z => Rows(z).Zip(Labels)
            .Sum(r => weights[r.Second] * CrossEntropy(OneHot(r.Second, K), Softmax(r.First)))
            / Labels.Sum(label => weights[label]));
    }

    [Test]
    public void Every_method_with_a_loss_has_a_formula()
    {
        IEnumerable<string> words = Formulas().Select(c => ((FineTuneOptions)c.Arguments[0]!).Method.Loss?.Word)
            .OfType<string>().Append(new RDrop().Word);

        Assert.That(words.Distinct(), Is.EquivalentTo(MethodRegistry.Parts.OfType<LossMethod>().Select(m => m.Word)));
    }

    /// <summary>Within 1e-5 of the loss, and of the largest element of the gradient.</summary>
    private static void Compare(FineTuneOptions options, float[] logits, Func<double[], double> formula)
    {
        const double Tolerance = 1e-5;
        const double Step = 1e-5;
        double[] z = Double(logits);
        double expected = formula(z);
        double[] slopes = [.. z.Select((value, i) =>
            (formula([.. z[..i], value + Step, .. z[(i + 1)..]]) - formula([.. z[..i], value - Step, .. z[(i + 1)..]]))
            / (2 * Step))];

        (float loss, _, float[] gradient) = ObjectiveProbe.Run(options, Data, logits, Teacher);

        Assert.That(loss, Is.EqualTo(expected).Within(Tolerance * Math.Abs(expected)));
        Assert.That(Double(gradient), Is.EqualTo(slopes).Within(Tolerance * slopes.Max(Math.Abs)));
    }

    /// <summary>The confidence on the label, the rest on the other classes alike (Yuan et al., 2020).</summary>
    private static double[] VirtualTeacher(double confidence, int y) =>
        [.. Enumerable.Range(0, K).Select(k => k == y ? confidence : (1 - confidence) / (K - 1))];

    private static double[][] Rows(double[] values) => [.. values.Chunk(K)];

    private static double[] Double(float[] values) => [.. values.Select(v => (double)v)];

    private static FineTuneOptions With(MethodPart part) => Plain with { Method = FineTuneMethod.Of(part) };

    private static TestCaseData Case(string name, FineTuneOptions options, Formula formula) =>
        new TestCaseData(options, formula).SetArgDisplayNames(name);
}
