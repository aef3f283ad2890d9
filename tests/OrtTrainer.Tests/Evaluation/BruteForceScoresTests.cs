using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Evaluation;

/// <summary>Scores against their definitions, pair by pair or decision by decision, on random data.</summary>
public class BruteForceScoresTests
{
    [Test]
    public void Mcc_of_two_classes_is_pearsons_correlation_of_the_two_series([Range(1, 5)] int seed)
    {
        var (labels, predictions) = (Classes(seed, 2, 200), Classes(seed + 50, 2, 200));
        var pearson = Correlation.Pearson(
            Array.ConvertAll(labels, v => (double)v), Array.ConvertAll(predictions, v => (double)v));
        Assert.That(new ConfusionMatrix(labels, predictions, 2).Mcc, Is.EqualTo(pearson).Within(1e-12));
    }

    [Test]
    public void Mcc_of_many_classes_is_the_correlation_of_the_indicators([Range(1, 5)] int seed)
    {
        const int Count = 4;
        var (labels, predictions) = (Classes(seed, Count, 100), Classes(seed + 50, Count, 100));
        double Covariance(int[] a, int[] b) => Enumerable.Range(0, Count).Sum(k =>
        {
            var (meanA, meanB) = (a.Average(v => v == k ? 1.0 : 0), b.Average(v => v == k ? 1.0 : 0));
            return a.Zip(b, (x, y) => ((x == k ? 1 : 0) - meanA) * ((y == k ? 1 : 0) - meanB)).Average();
        });
        var expected = Covariance(labels, predictions)
            / Math.Sqrt(Covariance(labels, labels) * Covariance(predictions, predictions));
        Assert.That(new ConfusionMatrix(labels, predictions, Count).Mcc, Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void The_area_is_the_share_of_pairs_in_order([Range(1, 5)] int seed)
    {
        var positive = Array.ConvertAll(Classes(seed, 2, 60), label => label == 1);
        var scores = Array.ConvertAll(Classes(seed + 50, 9, 60), score => (double)score);
        var (won, pairs) = (0.0, 0);
        for (var i = 0; i < positive.Length; i++)
        {
            for (var j = 0; j < positive.Length; j++)
            {
                if (positive[i] && !positive[j])
                {
                    won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    pairs++;
                }
            }
        }

        Assert.That(ProbabilityScores.RocAuc(positive, scores), Is.EqualTo(won / pairs).Within(1e-12));
    }

    [Test]
    public void Multi_label_scores_follow_from_each_label_seen_as_two_classes([Range(1, 5)] int seed)
    {
        const int Labels = 3;
        var truth = Array.ConvertAll(Classes(seed, 2, 90), v => v == 1);
        var predicted = Array.ConvertAll(Classes(seed + 50, 2, 90), v => v == 1);
        var counts = new LabelCounts(truth, predicted, Labels);
        int[] Column(bool[] values, int k) => [.. values.Where((_, i) => i % Labels == k).Select(v => v ? 1 : 0)];
        int[] All(bool[] values) => Array.ConvertAll(values, v => v ? 1 : 0);

        var byLabel = Enumerable.Range(0, Labels)
            .Select(k => new ConfusionMatrix(Column(truth, k), Column(predicted, k), 2).F1(1)).ToArray();
        var together = new ConfusionMatrix(All(truth), All(predicted), 2);
        Assert.That(counts.MacroF1, Is.EqualTo(byLabel.Average()).Within(1e-12));
        Assert.That(counts.MicroF1, Is.EqualTo(together.F1(1)).Within(1e-12));
        Assert.That(counts.MicroPrecision, Is.EqualTo(together.Precision(1)).Within(1e-12));
        Assert.That(counts.MicroRecall, Is.EqualTo(together.Recall(1)).Within(1e-12));
        var exact = truth.Chunk(Labels).Zip(predicted.Chunk(Labels), (a, b) => a.SequenceEqual(b) ? 1.0 : 0).Average();
        Assert.That(counts.SubsetAccuracy, Is.EqualTo(exact).Within(1e-12));
    }

    [Test]
    public void Calibration_error_is_the_gap_bin_by_bin([Values(1, 2, 10, 15)] int bins)
    {
        var random = new Random(bins);
        // Multiples of 1/20 land on the edges of bins.
        var confidences = Enumerable.Range(0, 300).Select(_ => random.Next(10, 21) / 20.0).ToArray();
        var labels = Classes(bins, 2, 300);
        var expected = 0.0;
        for (var bin = 0; bin < bins; bin++)
        {
            var inside = Enumerable.Range(0, 300)
                .Where(i => confidences[i] > (double)bin / bins && confidences[i] <= (bin + 1.0) / bins).ToArray();
            expected += Math.Abs(inside.Sum(i => (labels[i] == 0 ? 1 : 0) - confidences[i])) / 300;
        }

        double[] probabilities = [.. confidences.SelectMany(p => new[] { p, 1 - p })];
        var error = ProbabilityScores.CalibrationError(labels, probabilities, 2, bins);
        Assert.That(error, Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void A_selection_holds_the_chosen_examples_in_order_repeats_included()
    {
        var classified = new ClassifiedExamples([1, 0, 0, 1, 5, 4], [0, 0, 1], 2).Select([2, 2, 0]);
        var accuracy = ClassificationTask.Instance.DefaultMetric.Score(classified);
        Assert.That(accuracy, Is.EqualTo(1.0 / 3).Within(1e-15));
        var regressed = (RegressedExamples)new RegressedExamples([1, 2, 3], [4, 5, 6]).Select([1, 1]);
        Assert.That(regressed.Predictions.ToArray(), Is.EqualTo(new double[] { 2, 2 }));
        Assert.That(regressed.Targets.ToArray(), Is.EqualTo(new double[] { 5, 5 }));
        var labelled = new MultiLabelExamples([1, -1, -1, 1], [true, false, true, true], 2).Select([1]);
        Assert.That(MultiLabelTask.Instance.FindMetric("recall").Score(labelled), Is.EqualTo(0.5));
    }

    [Test]
    public void Outputs_of_the_wrong_shape_are_refused()
    {
        Assert.That(
            () => new ClassifiedExamples([1, 2, 3], [0, 1], 2),
            Throws.ArgumentException.With.Message.Contains("3 logits for 2 examples of 2 classes"));
        Assert.That(() => new MultiLabelExamples([1, 2, 3], [true, true, true], 2), Throws.ArgumentException);
        Assert.That(() => new RegressedExamples([1], []), Throws.ArgumentException);
        Assert.That(() => ProbabilityScores.LogLoss([2], [0.5, 0.5], 2), Throws.ArgumentException);
    }

    private static int[] Classes(int seed, int classes, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];
    }
}
