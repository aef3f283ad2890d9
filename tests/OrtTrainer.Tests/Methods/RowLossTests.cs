using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Tests.Teachers;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using static OrtTrainer.Tests.Methods.Distributions;

namespace OrtTrainer.Tests.Methods;

/// <summary>
/// Losses of tasks that answer for tokens, as the graph that trains computes them in float32, against the formulas in
/// float64 and their central differences: a row per token, a distribution over the tokens of a window, and a vocabulary
/// whose targets are ids.
/// </summary>
public sealed class RowLossTests
{
    private const int Ignored = CategoricalTargets.Ignored;

    private static readonly int[][] Tags = [[1, Ignored, 0], [Ignored, Ignored], [3, 2, Ignored, 3]];
    private static readonly int[] Lengths = [4, 1, 7];
    private static readonly (int Start, int End)[] Spans = [(1, 3), (0, 0), (2, 5)];
    private static readonly int[][] Words = [[4, 0], [2]];

    /// <summary>The loss of one distribution: its logits z, its teacher's t and its label y.</summary>
    public delegate double Formula(double[] z, double[] t, int y);

    private static IEnumerable<TestCaseData> Formulas() => WithoutTeacher().Concat(WithTeacher());

    private static IEnumerable<TestCaseData> WithoutTeacher()
    {
        yield return Case("labels", null, (z, _, y) => Label(z, y));
        yield return Case(
            "smoothing, all classes", new LabelSmoothing { Epsilon = 0.2 },
            (z, _, y) => CrossEntropy(
                Mix(0.2, OneHot(y, z.Length), [.. z.Select(_ => 1.0 / z.Length)]), Softmax(z)));
        yield return Case(
            "smoothing, the others",
            new LabelSmoothing { Epsilon = 0.2, Convention = SmoothingConvention.Others },
            (z, _, y) => CrossEntropy(VirtualTeacher(0.8, y, z.Length), Softmax(z)));
        yield return Case(
            "TF-reg", new TfReg { Alpha = 0.4, Confidence = 0.95 },
            (z, _, y) => (0.6 * Label(z, y)) + (0.4 * CrossEntropy(VirtualTeacher(0.95, y, z.Length), Softmax(z))));
        yield return Case(
            "TF-reg at temperature 5",
            new TfReg { Alpha = 0.4, Confidence = 0.95, Temperature = 5, TemperatureSquared = true },
            (z, _, y) => (0.6 * Label(z, y)) + (0.4 * 25
                * Divergence(Tempered(VirtualTeacher(0.95, y, z.Length), 5), Softmax(z, 5))));
        yield return Case(
            "confidence penalty", new ConfidencePenalty { Beta = 0.3 },
            (z, _, y) => Label(z, y) - (0.3 * CrossEntropy(Softmax(z), Softmax(z))));
        yield return Case(
            "Poly-1", new Poly1 { Epsilon = 0.7 }, (z, _, y) => Label(z, y) + (0.7 * (1 - Softmax(z)[y])));
        yield return Case(
            "focal", new Focal { Gamma = 2 }, (z, _, y) => Math.Pow(1 - Softmax(z)[y], 2) * Label(z, y));
    }

    private static IEnumerable<TestCaseData> WithTeacher()
    {
        yield return Case(
            "distillation, divergence", new Distillation { Alpha = 0.7, Temperature = 5 },
            (z, t, y) => (0.3 * Label(z, y)) + (0.7 * 25 * Divergence(Softmax(t, 5), Softmax(z, 5))));
        yield return Case(
            "distillation, cross-entropy",
            new Distillation { Alpha = 0.7, Temperature = 3, Loss = DistillationLoss.SoftCrossEntropy },
            (z, t, y) => (0.3 * Label(z, y)) + (0.7 * 9 * CrossEntropy(Softmax(t, 3), Softmax(z, 3))));
        yield return Case(
            "distillation, logits", new Distillation { Alpha = 0.7, Loss = DistillationLoss.LogitError },
            (z, t, y) => (0.3 * Label(z, y)) + (0.7 * MeanSquare(z, t)));
        yield return Case(
            "self-distillation", new SelfDistillation { Alpha = 0.5, Temperature = 2 },
            (z, t, y) => (0.5 * Label(z, y)) + (0.5 * 4 * Divergence(Softmax(t, 2), Softmax(z, 2))));
        yield return Case(
            "annealing distillation, first of four stages", new AnnealingDistillation { MaxTemperature = 4 },
            (z, t, _) => MeanSquare(z, [.. t.Select(value => value / 4)]));
    }

    [TestCaseSource(nameof(Formulas))]
    public void A_row_per_token_counts_where_it_has_a_label(LossMethod? method, Formula formula)
    {
        const int K = 4;
        TokenTargets targets = TokenTargets.Of(Tags, K);
        int[] labels = targets.Ids.ToArray();
        float[] teacher = Reference.Random(2, labels.Length * K, scale: 2);
        float[] logits = Reference.Random(1, labels.Length * K, scale: 2);

        float[] gradient = Compare(
            RowLossProbe.Objective(method, OutputDistribution.Categorical, targets, Kept(teacher)),
            logits, z => Rows(z, K).Zip(Rows(Double(teacher), K), labels).Where(row => row.Third != Ignored)
                .Average(row => formula(row.First, row.Second, row.Third)));

        Assert.That(
            gradient.Chunk(K).Zip(labels).Where(row => row.Second == Ignored).SelectMany(row => row.First),
            Is.All.Zero, "rows without a label");
    }

    [TestCaseSource(nameof(Formulas))]
    public void A_window_has_a_distribution_over_its_tokens_for_each_end(LossMethod? method, Formula formula)
    {
        SpanTargets targets = new(Spans, Lengths);
        float[] teacher = Reference.Random(4, 2 * Lengths.Sum(), scale: 2);

        _ = Compare(
            RowLossProbe.Objective(method, OutputDistribution.Positions, targets, Kept(teacher)),
            Reference.Random(3, teacher.Length, scale: 2),
            z => Windows(z).Zip(Windows(Double(teacher)), Spans.SelectMany(span => new[] { span.Start, span.End }))
                .Average(row => formula(row.First, row.Second, row.Third)));
    }

    [TestCaseSource(nameof(WithTeacher))]
    public void A_teacher_of_a_vocabulary_runs_on_the_inputs_of_the_batch(LossMethod? method, Formula formula)
    {
        using TinyStepTeacher tiny = new();
        using TeacherKnowledge teacher = new(tiny.Open());
        int[] labels = tiny.Targets.Ids.ToArray();
        double[][] taught = Rows(Double(tiny.Logits()), tiny.Vocabulary);

        _ = Compare(
            RowLossProbe.Objective(method, OutputDistribution.Vocabulary, tiny.Targets, teacher),
            Reference.Random(9, labels.Length * tiny.Vocabulary, scale: 2),
            z => Rows(z, tiny.Vocabulary).Zip(taught, labels).Average(row => formula(row.First, row.Second, row.Third)),
            tiny.Examples);
    }

    [TestCaseSource(nameof(WithoutTeacher))]
    public void A_vocabulary_takes_ids_and_no_tables(LossMethod? method, Formula formula)
    {
        const int K = 6;
        TokenTargets targets = TokenTargets.Of(Words, K);
        int[] labels = targets.Ids.ToArray();
        TrainingObjective drawn = RowLossProbe.Objective(method, OutputDistribution.Vocabulary, targets);

        _ = Compare(
            drawn, Reference.Random(5, labels.Length * K, scale: 2),
            z => Rows(z, K).Zip(labels).Average(row => formula(row.First, [], row.Second)));

        Assert.That(drawn.Targets.Labels, Is.Null);
        Assert.That(drawn.Inputs, Has.None.TypeOf<RowTable>());
    }

    [Test]
    public void R_drop_compares_the_same_tokens_of_both_passes()
    {
        const double Alpha = 0.7;
        RDrop method = new() { Alpha = Alpha };
        TokenTargets tags = TokenTargets.Of(Tags, 4);
        int[] labels = tags.Ids.ToArray();
        TokenTargets words = TokenTargets.Of(Words, 6);

        _ = Compare(
            RowLossProbe.Objective(method, OutputDistribution.Categorical, tags),
            Reference.Random(6, labels.Length * 8),
            z => Mean(Rows(z, 4), labels));
        _ = Compare(
            RowLossProbe.Objective(method, OutputDistribution.Vocabulary, words), Reference.Random(7, 36),
            z => Mean(Rows(z, 6), words.Ids.ToArray()));
        int half = 2 * Lengths.Sum();
        _ = Compare(
            RowLossProbe.Objective(method, OutputDistribution.Positions, new SpanTargets(Spans, Lengths)),
            Reference.Random(8, 2 * half),
            z => Mean(
                [.. Windows(z[..half]), .. Windows(z[half..])],
                [.. Spans.SelectMany(span => new[] { span.Start, span.End })]));

        static double Mean(double[][] rows, int[] labels) => rows.Take(labels.Length)
            .Zip(rows.Skip(labels.Length), labels).Where(row => row.Third != Ignored).Average(row =>
            {
                (double[] p, double[] q) = (Softmax(row.First), Softmax(row.Second));
                return ((Label(row.First, row.Third) + Label(row.Second, row.Third)) / 2)
                    + (Alpha * (Divergence(p, q) + Divergence(q, p)) / 2);
            });
    }

    /// <summary>Within 1e-5 of the loss, and of the largest element of the gradient.</summary>
    private static float[] Compare(
        TrainingObjective objective, float[] logits, Func<double[], double> formula,
        IReadOnlyList<TokenizedExample>? inputs = null)
    {
        const double Step = 1e-5;
        double[] z = Double(logits);
        double[] slopes = [.. z.Select((value, i) =>
            (formula([.. z[..i], value + Step, .. z[(i + 1)..]]) - formula([.. z[..i], value - Step, .. z[(i + 1)..]]))
            / (2 * Step))];

        (float loss, float[] gradient) = RowLossProbe.Run(objective, logits, inputs);

        double expected = formula(z);
        Assert.That(loss, Is.EqualTo(expected).Within(1e-5 * Math.Abs(expected)));
        Assert.That(Double(gradient), Is.EqualTo(slopes).Within(1e-5 * slopes.Max(Math.Abs)));
        return gradient;
    }

    /// <summary>The distributions of every window, that of the start before that of the end.</summary>
    private static double[][] Windows(double[] z)
    {
        double[][] tokens = Rows(z, 2);
        int[] firsts = [.. Lengths.Select((_, window) => Lengths.Take(window).Sum())];
        return
        [
            .. firsts.Zip(Lengths).SelectMany(window => new[] { 0, 1 }.Select(
                end => tokens.Skip(window.First).Take(window.Second).Select(token => token[end]).ToArray())),
        ];
    }

    private static double Label(double[] z, int y) => CrossEntropy(OneHot(y, z.Length), Softmax(z));

    /// <summary>The confidence on the label, the rest on the other classes alike (Yuan et al., 2020).</summary>
    private static double[] VirtualTeacher(double confidence, int y, int classes) => classes == 1
        ? [1]
        : [.. Enumerable.Range(0, classes).Select(k => k == y ? confidence : (1 - confidence) / (classes - 1))];

    private static TeacherKnowledge Kept(float[] teacher) => new(new KeptOutputs(teacher));

    private static double[][] Rows(double[] values, int width) => [.. values.Chunk(width)];

    private static double[] Double(float[] values) => [.. values.Select(v => (double)v)];

    private static TestCaseData Case(string name, LossMethod? method, Formula formula) =>
        new TestCaseData(method, formula).SetArgDisplayNames(name);
}
