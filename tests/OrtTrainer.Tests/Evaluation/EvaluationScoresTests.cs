using OrtTrainer.Data;
using OrtTrainer.Evaluation;

namespace OrtTrainer.Tests.Evaluation;

/// <summary>From logits and a data set to the numbers a report shows.</summary>
public class EvaluationScoresTests
{
    private static readonly LabelMap Letters = LabelMap.OfData(["a", "b", "c"]);

    [Test]
    public void A_classification_has_every_metric_of_its_task_and_the_mean_loss()
    {
        // Softmax of (ln 2, 0, 0) is (1/2, 1/4, 1/4).
        var data = Data(TaskKind.Classification, Letters, "a", "b");
        var half = (float)Math.Log(2);
        var scores = EvaluationScores.Of(data, [half, 0, 0, half, 0, 0], Metric(TaskKind.Classification, "accuracy"));

        Assert.That(scores.Score, Is.EqualTo(0.5));
        Assert.That(scores.Values["accuracy"], Is.EqualTo(0.5));
        Assert.That(scores.Values["loss"], Is.EqualTo((Math.Log(2) + Math.Log(4)) / 2).Within(1e-7));
        Assert.That(scores.Values["log_loss"], Is.EqualTo(scores.Values["loss"]).Within(1e-12));
        Assert.That(
            scores.Values.Keys.Except(["loss"]),
            Is.EquivalentTo(MetricKind.All.Where(k => k.Task == TaskKind.Classification && k.IsDefinedFor(3))
                .Select(k => k.Name)));
    }

    [Test]
    public void Metrics_for_two_classes_are_there_for_two_and_left_out_for_three()
    {
        var two = EvaluationScores.Of(
            Data(TaskKind.Classification, LabelMap.OfData(["n", "y"]), "n", "y"), [1, 0, 0, 1],
            MetricKind.DefaultFor(TaskKind.Classification));
        var three = EvaluationScores.Of(
            Data(TaskKind.Classification, Letters, "a"), [1, 0, 0], MetricKind.DefaultFor(TaskKind.Classification));

        foreach (var name in new[] { "f1", "precision", "recall", "roc_auc" })
        {
            Assert.That(two.Values[name], Is.EqualTo(1), name);
            Assert.That(three.Values.ContainsKey(name), Is.False, name);
        }
    }

    [Test]
    public void Several_labels_are_scored_one_decision_each()
    {
        // Logits of 0 are no prediction: the threshold is a probability above 1/2.
        var data = Data(TaskKind.MultiLabel, Letters, "a|c", "");
        var scores = EvaluationScores.Of(data, [5, -5, 0, -5, -5, -5], Metric(TaskKind.MultiLabel, "recall"));

        Assert.That(scores.Score, Is.EqualTo(0.5));
        Assert.That(scores.Values["precision"], Is.EqualTo(1));
        Assert.That(scores.Values["accuracy"], Is.EqualTo(0.5));
        Assert.That(
            scores.Values["loss"], Is.EqualTo(((5 * Math.Log(1 + Math.Exp(-5))) + Math.Log(2)) / 6).Within(1e-12));
    }

    [Test]
    public void Numbers_are_scored_by_their_squared_error()
    {
        var data = Data(TaskKind.Regression, null, "1", "2", "4");
        var scores = EvaluationScores.Of(data, [1, 3, 2], Metric(TaskKind.Regression, "mse"));

        Assert.That(scores.Score, Is.EqualTo(5.0 / 3).Within(1e-12));
        Assert.That(scores.Values["loss"], Is.EqualTo(scores.Score));
        Assert.That(scores.Values["spearman"], Is.EqualTo(0.5).Within(1e-12));
    }

    [Test]
    public void Logits_are_kept_for_those_who_compare_models()
    {
        float[] logits = [1, 2, 3];
        var scores = EvaluationScores.Of(
            Data(TaskKind.Classification, Letters, "c"), logits, MetricKind.DefaultFor(TaskKind.Classification));

        Assert.That(scores.Logits, Is.EqualTo(logits));
        Assert.That(scores.Examples.Count, Is.EqualTo(1));
    }

    [Test]
    public void Logits_of_another_shape_are_refused() =>
        Assert.That(
            () => EvaluationScores.Of(
                Data(TaskKind.Classification, Letters, "a", "b"), [1, 2, 3],
                MetricKind.DefaultFor(TaskKind.Classification)),
            Throws.ArgumentException.With.Message.Contains("3 logits"));

    private static MetricKind Metric(TaskKind task, string name) => MetricKind.Find(task, name);

    private static Dataset Data(TaskKind task, LabelMap? labels, params string[] fields) => Dataset.Of(
        "inline", [.. fields.Select((field, row) => new Example($"text {row}", null, field, row + 1))], task, labels);
}
