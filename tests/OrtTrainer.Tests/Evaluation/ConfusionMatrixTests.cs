using OrtTrainer.Evaluation;

namespace OrtTrainer.Tests.Evaluation;

/// <summary>
/// The scores of a confusion matrix from their definitions, and what renaming and swapping do to them.
/// </summary>
public class ConfusionMatrixTests
{
    private const int Classes = 6;

    [Test]
    public void Counts_are_those_of_the_pairs([Range(1, 4)] int seed)
    {
        var (labels, predictions) = Random(seed);
        var matrix = new ConfusionMatrix(labels, predictions, Classes);
        for (var label = 0; label < Classes; label++)
        {
            for (var prediction = 0; prediction < Classes; prediction++)
            {
                Assert.That(
                    matrix[label, prediction],
                    Is.EqualTo(labels.Zip(predictions).Count(pair => pair == (label, prediction))));
            }
        }

        Assert.That((matrix.Total, matrix.Classes), Is.EqualTo((labels.Length, Classes)));
    }

    [Test]
    public void Means_over_classes_are_those_of_one_class_against_the_rest([Range(1, 4)] int seed)
    {
        var (labels, predictions) = Random(seed);
        var matrix = new ConfusionMatrix(labels, predictions, Classes);
        var (macro, weighted, recalls, occurring, labelled) = (0.0, 0.0, 0.0, 0, 0);
        for (var k = 0; k < Classes; k++)
        {
            double hits = labels.Zip(predictions).Count(pair => pair == (k, k));
            double positives = labels.Count(v => v == k), claimed = predictions.Count(v => v == k);
            var (precision, recall) = (claimed > 0 ? hits / claimed : 0, positives > 0 ? hits / positives : 0);
            var f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
            Assert.That(matrix.Precision(k), Is.EqualTo(precision).Within(1e-15), $"class {k}");
            Assert.That(matrix.Recall(k), Is.EqualTo(recall).Within(1e-15), $"class {k}");
            Assert.That(matrix.F1(k), Is.EqualTo(f1).Within(1e-15), $"class {k}");
            occurring += positives + claimed > 0 ? 1 : 0;
            labelled += positives > 0 ? 1 : 0;
            macro += f1;
            weighted += positives * f1;
            recalls += recall;
        }

        Assert.That(matrix.MacroF1, Is.EqualTo(macro / occurring).Within(1e-14));
        Assert.That(matrix.WeightedF1, Is.EqualTo(weighted / labels.Length).Within(1e-14));
        Assert.That(matrix.BalancedAccuracy, Is.EqualTo(recalls / labelled).Within(1e-14));
    }

    [Test]
    public void Kappa_is_the_share_of_agreement_beyond_chance([Range(1, 4)] int seed)
    {
        var (labels, predictions) = Random(seed);
        double n = labels.Length;
        var agreement = labels.Zip(predictions).Count(pair => pair.First == pair.Second) / n;
        var chance = Enumerable.Range(0, Classes)
            .Sum(k => labels.Count(v => v == k) / n * (predictions.Count(v => v == k) / n));

        Assert.That(
            new ConfusionMatrix(labels, predictions, Classes).CohenKappa,
            Is.EqualTo((agreement - chance) / (1 - chance)).Within(1e-12));
    }

    [Test]
    public void Renaming_the_classes_changes_no_mean()
    {
        var (labels, predictions) = Random(7);
        int[] names = [3, 5, 0, 1, 4, 2];
        int[] Renamed(int[] classes) => Array.ConvertAll(classes, k => names[k]);

        Assert.That(
            Scores(new ConfusionMatrix(Renamed(labels), Renamed(predictions), Classes)),
            Is.EqualTo(Scores(new ConfusionMatrix(labels, predictions, Classes))).Within(1e-14));
    }

    [Test]
    public void Swapping_labels_and_predictions_swaps_precision_and_recall()
    {
        var (labels, predictions) = Random(8);
        var (matrix, swapped) = (
            new ConfusionMatrix(labels, predictions, Classes), new ConfusionMatrix(predictions, labels, Classes));

        for (var k = 0; k < Classes; k++)
        {
            Assert.That(swapped.Precision(k), Is.EqualTo(matrix.Recall(k)));
            Assert.That(swapped.Recall(k), Is.EqualTo(matrix.Precision(k)));
        }

        Assert.That(swapped.Mcc, Is.EqualTo(matrix.Mcc).Within(1e-14));
        Assert.That(swapped.CohenKappa, Is.EqualTo(matrix.CohenKappa).Within(1e-14));
        Assert.That(swapped.MacroF1, Is.EqualTo(matrix.MacroF1).Within(1e-14));
    }

    [Test]
    public void Right_predictions_score_one_in_everything()
    {
        var (labels, _) = Random(9);

        Assert.That(Scores(new ConfusionMatrix(labels, labels, Classes)), Is.All.EqualTo(1.0).Within(1e-14));
    }

    [Test]
    public void Unequal_lengths_and_negative_classes_are_refused()
    {
        Assert.That(() => new ConfusionMatrix([0, 1], [0], 2),
            Throws.ArgumentException.With.Message.EqualTo("There are 1 predictions for 2 labels."));
        Assert.That(() => new ConfusionMatrix([0, -1], [0, 0], 2),
            Throws.ArgumentException.With.Message.EqualTo("Example 1 has label -1; expected 0 to 1."));
        Assert.That(() => new ConfusionMatrix([], [], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static double[] Scores(ConfusionMatrix matrix) =>
    [
        matrix.Accuracy, matrix.MacroF1, matrix.WeightedF1, matrix.BalancedAccuracy, matrix.Mcc, matrix.CohenKappa,
    ];

    // Class 5 is never a label, and class 4 never a prediction; most predictions are right.
    private static (int[] Labels, int[] Predictions) Random(int seed)
    {
        var random = new Random(seed);
        int[] labels = [.. Enumerable.Range(0, 300).Select(_ => random.Next(5))];
        int[] predictions =
            [.. labels.Select(k => k < 4 && random.Next(3) > 0 ? k : new[] { 0, 1, 2, 3, 5 }[random.Next(5)])];
        return (labels, predictions);
    }
}
