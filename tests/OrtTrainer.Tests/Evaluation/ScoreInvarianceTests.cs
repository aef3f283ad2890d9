using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Evaluation;

/// <summary>Changes of the outputs that must leave a score alone, or turn it over.</summary>
public class ScoreInvarianceTests
{
    [Test]
    public void Correlations_do_not_depend_on_units([Range(1, 3)] int seed)
    {
        var (x, y) = Series(seed, 80);
        var other = Array.ConvertAll(x, v => (1000 * v) - 3e6);
        Assert.That(Correlation.Pearson(other, y), Is.EqualTo(Correlation.Pearson(x, y)).Within(1e-9));
        Assert.That(Correlation.Spearman(other, y), Is.EqualTo(Correlation.Spearman(x, y)).Within(1e-12));
        Assert.That(Correlation.KendallTauB(other, y), Is.EqualTo(Correlation.KendallTauB(x, y)).Within(1e-12));
    }

    [Test]
    public void Correlations_are_symmetric_and_change_sign_with_a_series([Range(1, 3)] int seed)
    {
        var (x, y) = Series(seed, 61);
        var opposite = Array.ConvertAll(x, v => -v);
        Func<double[], double[], double>[] kinds =
        [
            (a, b) => Correlation.Pearson(a, b), (a, b) => Correlation.Spearman(a, b),
            (a, b) => Correlation.KendallTauB(a, b),
        ];
        foreach (var kind in kinds)
        {
            Assert.That(kind(y, x), Is.EqualTo(kind(x, y)).Within(1e-12));
            Assert.That(kind(opposite, y), Is.EqualTo(-kind(x, y)).Within(1e-12));
            Assert.That(kind(x, x), Is.EqualTo(1).Within(1e-12));
        }
    }

    [Test]
    public void Spearman_without_ties_follows_from_the_rank_differences()
    {
        var random = new Random(4);
        double[] x = [.. Enumerable.Range(0, 50).Select(_ => random.NextDouble())];
        double[] y = [.. x.Select(v => v + (0.5 * random.NextDouble()))];
        int Rank(double[] series, int i) => series.Count(v => v <= series[i]);

        // 1 - 6 Σ d² / (n (n² - 1))
        var squares = Enumerable.Range(0, 50).Sum(i => Math.Pow(Rank(x, i) - Rank(y, i), 2));
        Assert.That(Correlation.Spearman(x, y), Is.EqualTo(1 - (6 * squares / (50.0 * ((50 * 50) - 1)))).Within(1e-12));
    }

    [Test]
    public void The_area_reads_only_the_order_and_turns_over_with_it([Range(1, 3)] int seed)
    {
        var random = new Random(seed);
        bool[] positive = [.. Enumerable.Range(0, 70).Select(_ => random.Next(2) == 0)];
        double[] scores = [.. positive.Select(p => random.Next(10) + (p ? 2.0 : 0))];
        var area = ProbabilityScores.RocAuc(positive, scores);

        Assert.That(ProbabilityScores.RocAuc(positive, Array.ConvertAll(scores, Math.Exp)), Is.EqualTo(area));
        Assert.That(
            ProbabilityScores.RocAuc(positive, Array.ConvertAll(scores, s => -s)), Is.EqualTo(1 - area).Within(1e-12));
        Assert.That(
            ProbabilityScores.RocAuc(Array.ConvertAll(positive, p => !p), scores), Is.EqualTo(1 - area).Within(1e-12));
    }

    [Test]
    public void A_constant_on_all_logits_of_a_row_changes_no_metric()
    {
        var random = new Random(5);
        double[] logits = [.. Enumerable.Range(0, 120).Select(_ => random.NextDouble() * 4)];
        int[] labels = [.. Enumerable.Range(0, 60).Select(_ => random.Next(2))];
        double[] shifted = [.. logits.Select((z, i) => z + (i / 2 % 7) - 300)];
        var (plain, moved) = (new ClassifiedExamples(logits, labels, 2), new ClassifiedExamples(shifted, labels, 2));

        foreach (var metric in ClassificationTask.Instance.Metrics)
        {
            Assert.That(metric.Score(moved), Is.EqualTo(metric.Score(plain)).Within(1e-12), metric.Name);
        }
    }

    [Test]
    public void The_order_of_the_examples_changes_no_metric()
    {
        var random = new Random(6);
        double[] outputs = [.. Enumerable.Range(0, 90).Select(_ => Math.Round(random.NextDouble() * 6) - 3)];
        int[] order = [.. Enumerable.Range(0, 45).OrderBy(_ => random.Next())];
        (ModelTask Task, EvaluatedExamples Examples)[] all =
        [
            (ClassificationTask.Instance,
                new ClassifiedExamples(outputs, [.. Enumerable.Range(0, 45).Select(_ => random.Next(2))], 2)),
            (MultiLabelTask.Instance,
                new MultiLabelExamples(outputs, [.. outputs.Select(_ => random.Next(3) == 0)], 2)),
            (RegressionTask.Instance, new RegressedExamples(outputs[..45], outputs[45..])),
        ];
        foreach ((ModelTask task, EvaluatedExamples examples) in all)
        {
            foreach (Metric metric in task.Metrics)
            {
                Assert.That(
                    metric.Score(examples.Select(order)), Is.EqualTo(metric.Score(examples)).Within(1e-12),
                    $"{task} {metric}");
            }
        }
    }

    [Test]
    public void The_probabilities_of_huge_logits_are_finite_and_sum_to_one()
    {
        var probabilities = new ClassifiedExamples([1000, -1000, 999, -5, -5, -5], [0, 2], 3).Probabilities();
        Assert.That(probabilities[0], Is.EqualTo(1 / (1 + Math.Exp(-1))).Within(1e-14));
        Assert.That(probabilities.Chunk(3).Select(row => row.Sum()), Is.All.EqualTo(1.0).Within(1e-14));
    }

    [Test]
    public void Of_equal_logits_the_first_class_is_predicted() =>
        Assert.That(
            new ClassifiedExamples([1, 1, 0, 0, 2, 2], [0, 0], 3).Predictions(), Is.EqualTo(new[] { 0, 1 }));

    [Test]
    public void Calibration_of_a_model_as_right_as_it_claims_is_near_nothing()
    {
        var random = new Random(7);
        const int Count = 40_000;
        double[] confidences = [.. Enumerable.Range(0, Count).Select(_ => 0.5 + (random.NextDouble() / 2))];
        int[] labels = [.. confidences.Select(p => random.NextDouble() < p ? 0 : 1)];
        double[] Probabilities(double bias) =>
            [.. confidences.SelectMany(p => new[] { Math.Min(1, p + bias), Math.Max(0, 1 - p - bias) })];

        Assert.That(ProbabilityScores.CalibrationError(labels, Probabilities(0), 2), Is.LessThan(0.015));

        // Too sure by 0.1 wherever there is room: on average 0.1 - 0.01.
        Assert.That(ProbabilityScores.CalibrationError(labels, Probabilities(0.1), 2), Is.EqualTo(0.09).Within(0.015));
    }

    // Rounded, so that there are ties.
    private static (double[] X, double[] Y) Series(int seed, int length)
    {
        var random = new Random(seed);
        double[] x = [.. Enumerable.Range(0, length).Select(_ => Math.Round(random.NextDouble() * 20))];
        return (x, [.. x.Select(v => Math.Round(v + (random.NextDouble() * 15)))]);
    }
}
