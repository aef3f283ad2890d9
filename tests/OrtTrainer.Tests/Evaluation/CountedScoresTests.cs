using OrtTrainer.Evaluation;

namespace OrtTrainer.Tests.Evaluation;

public class CountedScoresTests
{
    [Test]
    public void A_class_that_never_occurs_takes_no_part_in_the_mean()
    {
        var confusion = new ConfusionMatrix([0, 1, 1], [0, 1, 1], 5);
        Assert.That(confusion.MacroF1, Is.EqualTo(1));
        Assert.That(confusion.BalancedAccuracy, Is.EqualTo(1));
        Assert.That(confusion.Occurring, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void A_class_that_is_only_predicted_lowers_the_mean()
    {
        var confusion = new ConfusionMatrix([0, 0], [0, 2], 3);
        Assert.That(confusion.MacroF1, Is.EqualTo(1.0 / 3).Within(1e-15));
        Assert.That(confusion.Precision(2), Is.Zero);
        Assert.That(confusion.Recall(2), Is.Zero);
    }

    [Test]
    public void Constant_predictions_have_no_correlation_and_no_agreement_beyond_chance()
    {
        var confusion = new ConfusionMatrix([0, 1, 1, 0], [1, 1, 1, 1], 2);
        Assert.That(confusion.Mcc, Is.Zero);
        Assert.That(confusion.CohenKappa, Is.Zero);
    }

    [Test]
    public void Predictions_that_are_always_wrong_correlate_negatively() =>
        Assert.That(new ConfusionMatrix([0, 1, 0, 1], [1, 0, 1, 0], 2).Mcc, Is.EqualTo(-1).Within(1e-15));

    [Test]
    public void No_examples_score_nothing()
    {
        var confusion = new ConfusionMatrix([], [], 2);
        Assert.That((confusion.Accuracy, confusion.MacroF1, confusion.Mcc), Is.EqualTo((0.0, 0.0, 0.0)));
        var counts = new LabelCounts([], [], 2);
        Assert.That((counts.MicroF1, counts.MacroF1, counts.SubsetAccuracy), Is.EqualTo((0.0, 0.0, 0.0)));
    }

    [Test]
    public void A_class_out_of_range_is_named_with_its_example() =>
        Assert.That(
            () => new ConfusionMatrix([0, 1], [0, 2], 2),
            Throws.ArgumentException.With.Message.Contains("Example 1 has prediction 2; expected 0 to 1."));

    [Test]
    public void A_confidence_on_the_edge_of_a_bin_belongs_to_the_bin_below()
    {
        // Confidences 0.5 and 0.6 with two bins: (0, 0.5] is all right, (0.5, 1] all wrong.
        var error = ProbabilityScores.CalibrationError([0, 1], [0.5, 0.5, 0.6, 0.4], 2, bins: 2);
        Assert.That(error, Is.EqualTo((0.5 + 0.6) / 2).Within(1e-15));
    }

    [Test]
    public void The_area_counts_ties_as_half_and_is_undefined_for_one_class()
    {
        Assert.That(ProbabilityScores.RocAuc([true, false, true, false], [0.5, 0.5, 0.9, 0.1]), Is.EqualTo(0.875));
        Assert.That(ProbabilityScores.RocAuc([true, true], [0.5, 0.6]), Is.NaN);
    }

    [Test]
    public void A_certain_wrong_prediction_has_a_finite_loss() =>
        Assert.That(ProbabilityScores.LogLoss([1], [1, 0], 2), Is.EqualTo(-Math.Log(Math.Pow(2, -52))).Within(1e-12));
}
