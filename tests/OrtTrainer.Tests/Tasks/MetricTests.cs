using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Tasks;

public class MetricTests
{
    // Labels 0 0 1 1, predictions 0 1 1 1.
    private static readonly ClassifiedExamples Binary = new([2, 0, 0, 1, 0, 3, 1, 2], [0, 0, 1, 1], 2);

    [TestCase("accuracy", 0.75)]
    [TestCase("f1", 0.8)]
    [TestCase("precision", 2.0 / 3)]
    [TestCase("recall", 1)]
    [TestCase("macro_f1", ((2.0 / 3) + 0.8) / 2)]
    [TestCase("f1_macro", ((2.0 / 3) + 0.8) / 2)]
    [TestCase("micro_f1", 0.75)]
    [TestCase("weighted_f1", ((2.0 / 3) + 0.8) / 2)]
    [TestCase("balanced_accuracy", 0.75)]
    [TestCase("mcc", 0.5773502691896258)]
    [TestCase("MCC", 0.5773502691896258)]
    [TestCase("cohen-kappa", 0.5)]
    [TestCase("roc_auc", 0.875)]
    public void A_classification_metric_is_found_by_name_and_scores_by_hand(string name, double expected) =>
        Assert.That(ClassificationTask.Instance.FindMetric(name).Score(Binary), Is.EqualTo(expected).Within(1e-15));

    [Test]
    public void Log_loss_and_calibration_read_the_softmax()
    {
        var examples = new ClassifiedExamples([Math.Log(3), 0], [1], 2);
        Assert.That(
            ClassificationTask.Instance.FindMetric("log_loss").Score(examples),
            Is.EqualTo(Math.Log(4)).Within(1e-15));
        Assert.That(ClassificationTask.Instance.FindMetric("ece").Score(examples), Is.EqualTo(0.75).Within(1e-15));
    }

    [TestCase("micro_f1", 2.0 / 3)]
    [TestCase("macro_f1", 5.0 / 9)]
    [TestCase("weighted_f1", (1 + (2 * 2.0 / 3)) / 3)]
    [TestCase("precision", 2.0 / 3)]
    [TestCase("recall", 2.0 / 3)]
    [TestCase("accuracy", 0.5)]
    public void A_multi_label_metric_scores_by_hand(string name, double expected)
    {
        // Rows: truth 110, predicted 110; truth 010, predicted 001.
        var examples = new MultiLabelExamples([1, 2, -1, -1, -2, 3], [true, true, false, false, true, false], 3);
        Assert.That(MultiLabelTask.Instance.FindMetric(name).Score(examples), Is.EqualTo(expected).Within(1e-15));
    }

    [TestCase("pearson", 0.9819805060619657)]
    [TestCase("spearman", 1)]
    [TestCase("kendall_tau", 1)]
    [TestCase("mse", 1.0 / 3)]
    public void A_regression_metric_scores_by_hand(string name, double expected)
    {
        var examples = new RegressedExamples([1, 2, 3], [1, 2, 4]);
        Assert.That(RegressionTask.Instance.FindMetric(name).Score(examples), Is.EqualTo(expected).Within(1e-15));
    }

    [TestCase("classification", "accuracy")]
    [TestCase("multi_label", "micro_f1")]
    [TestCase("regression", "spearman")]
    public void Every_task_has_a_default(string task, string expected) =>
        Assert.That(ModelTask.Named(task).DefaultMetric.Name, Is.EqualTo(expected));

    [Test]
    public void No_task_has_two_metrics_of_one_name() =>
        Assert.That(
            ModelTask.All.SelectMany(task => task.Metrics.Select(metric => (task, metric.Name))), Is.Unique);

    [Test]
    public void An_unknown_name_is_answered_with_those_of_the_task() =>
        Assert.That(
            () => RegressionTask.Instance.FindMetric("accuracy"),
            Throws.ArgumentException.With.Message.StartsWith(
                "There is no metric 'accuracy' for regression; expected one of spearman, pearson, kendall_tau, mse."));

    [Test]
    public void A_binary_metric_refuses_more_classes() =>
        Assert.That(
            () => ClassificationTask.Instance.FindMetric("f1").Score(new ClassifiedExamples([1, 2, 3], [0], 3)),
            Throws.ArgumentException.With.Message.Contains("f1 is defined for 2 classes; found 3"));

    [Test]
    public void Outputs_of_another_task_are_refused() =>
        Assert.That(() => RegressionTask.Instance.DefaultMetric.Score(Binary), Throws.ArgumentException);

    [Test]
    public void Better_follows_the_direction_and_never_prefers_what_is_not_a_number()
    {
        var accuracy = ClassificationTask.Instance.FindMetric("accuracy");
        var loss = ClassificationTask.Instance.FindMetric("log_loss");
        Assert.That(accuracy.IsBetter(0.9, 0.8), Is.True);
        Assert.That(accuracy.IsBetter(0.8, 0.8), Is.False);
        Assert.That(loss.IsBetter(0.1, 0.2), Is.True);
        Assert.That(accuracy.IsBetter(double.NaN, 0.8), Is.False);
        Assert.That(accuracy.IsBetter(0.1, double.NaN), Is.True);
    }
}
