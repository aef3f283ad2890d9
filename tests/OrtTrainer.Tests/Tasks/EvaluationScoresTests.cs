using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Tasks;

/// <summary>From logits and a data set to the numbers a report shows.</summary>
public class EvaluationScoresTests
{
    private static readonly ModelTask Classes = ClassificationTask.Instance;

    private static readonly LabelMap Letters = LabelMap.OfData(["a", "b", "c"]);

    [Test]
    public void A_classification_has_every_metric_of_its_task_and_the_mean_loss()
    {
        // Softmax of (ln 2, 0, 0) is (1/2, 1/4, 1/4).
        var data = Data(Classes, Letters, "a", "b");
        var half = (float)Math.Log(2);
        var scores = Scored.Of(Classes, data, [half, 0, 0, half, 0, 0], Classes.FindMetric("accuracy"));

        Assert.That(scores.Score, Is.EqualTo(0.5));
        Assert.That(scores.Values["accuracy"], Is.EqualTo(0.5));
        Assert.That(scores.Values["loss"], Is.EqualTo((Math.Log(2) + Math.Log(4)) / 2).Within(1e-7));
        Assert.That(scores.Values["log_loss"], Is.EqualTo(scores.Values["loss"]).Within(1e-12));
        Assert.That(
            scores.Values.Keys.Except(["loss"]),
            Is.EquivalentTo(Classes.Metrics.Where(k => k.IsDefinedFor(3)).Select(k => k.Name)));
    }

    [Test]
    public void Metrics_for_two_classes_are_there_for_two_and_left_out_for_three()
    {
        var two = Classified(Data(Classes, LabelMap.OfData(["n", "y"]), "n", "y"), 1, 0, 0, 1);
        var three = Classified(Data(Classes, Letters, "a"), 1, 0, 0);

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
        var data = Data(MultiLabelTask.Instance, Letters, "a|c", "");
        var scores = Scored.Of(
            MultiLabelTask.Instance, data, [5, -5, 0, -5, -5, -5], MultiLabelTask.Instance.FindMetric("recall"));

        Assert.That(scores.Score, Is.EqualTo(0.5));
        Assert.That(scores.Values["precision"], Is.EqualTo(1));
        Assert.That(scores.Values["accuracy"], Is.EqualTo(0.5));
        Assert.That(
            scores.Values["loss"], Is.EqualTo(((5 * Math.Log(1 + Math.Exp(-5))) + Math.Log(2)) / 6).Within(1e-12));
    }

    [Test]
    public void Numbers_are_scored_by_their_squared_error()
    {
        var data = Data(RegressionTask.Instance, null, "1", "2", "4");
        var scores = Scored.Of(RegressionTask.Instance, data, [1, 3, 2], RegressionTask.Instance.FindMetric("mse"));

        Assert.That(scores.Score, Is.EqualTo(5.0 / 3).Within(1e-12));
        Assert.That(scores.Values["loss"], Is.EqualTo(scores.Score));
        Assert.That(scores.Values["spearman"], Is.EqualTo(0.5).Within(1e-12));
    }

    [Test]
    public void Outputs_may_come_in_any_order()
    {
        Dataset data = Data(Classes, Letters, "a", "b", "c");
        EvaluationAccumulator outputs = Classes.Evaluate(Scored.Encoded(data));

        outputs.Add(new OutputBatch([0, 0, 1, 2, 0, 0], 3, [2, 0], [0, 1], [1, 1]));
        outputs.Add(new OutputBatch([0, 0, 9], 3, [1], [0], [1]));

        Assert.That(outputs.Score(Classes.DefaultMetric).Examples.Right(), Is.EqualTo(new[] { true, false, true }));
    }

    [Test]
    public void Outputs_of_another_number_are_refused() =>
        Assert.That(
            () => Classified(Data(Classes, Letters, "a", "b"), 1, 2, 3, 4),
            Throws.ArgumentException.With.Message.Contains("2 outputs; expected 3"));

    private static EvaluationScores Classified(Dataset data, params float[] logits) =>
        Scored.Of(Classes, data, logits, Classes.DefaultMetric);

    private static Dataset Data(ModelTask task, LabelMap? labels, params string[] fields) => task.Label(
        "inline", [.. fields.Select((field, row) => new Example($"text {row}", null, field, row + 1))], labels);
}
