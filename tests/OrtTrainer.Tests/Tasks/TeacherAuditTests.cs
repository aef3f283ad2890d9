using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Teachers;
using OrtTrainer.Evaluation;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Teachers;

namespace OrtTrainer.Tests.Tasks;

/// <summary>The audit against sums done by hand.</summary>
public sealed class TeacherAuditTests
{
    private static readonly LabelMap AB = LabelMap.OfModel(["a", "b"]);

    [Test]
    public void Figures_of_a_classification_are_those_done_by_hand()
    {
        // The probability of b: 0.75, 0.95 and 0.2; the data say b, a, a.
        float[] logits = [0, Logit(0.75), 0, Logit(0.95), 0, Logit(0.2)];

        TeacherAudit audit = ClassificationTask.Instance.Audit(
            logits, Data(ClassificationTask.Instance, AB, "b", "a", "a"));

        Assert.That((audit.Task, audit.Rows), Is.EqualTo(("classification", 3)));
        Assert.That(audit.Accuracy, Is.EqualTo(2 / 3.0).Within(1e-12));
        Assert.That(audit.ConfidentlyWrong, Is.EqualTo(1 / 3.0).Within(1e-12), "0.95 for b where the data say a");
        Assert.That(audit.MeanConfidence, Is.EqualTo((0.75 + 0.95 + 0.8) / 3).Within(1e-7));
        double entropy = Entropy(0.75) + Entropy(0.95) + Entropy(0.2);
        Assert.That(audit.MeanEntropy, Is.EqualTo(entropy / 3).Within(1e-7));

        // Bins of 1/15: 0.75 in the 12th (right), 0.8 in the 12th too (right), 0.95 in the 15th (wrong).
        Assert.That(audit.CalibrationError, Is.EqualTo(((2 - 0.75 - 0.8) + 0.95) / 3).Within(1e-7));
        Assert.That(audit.Labels, Is.EqualTo(new[]
        {
            new LabelAudit("a", Rows: 2, Predicted: 1, Agreement: 0.5),
            new LabelAudit("b", Rows: 1, Predicted: 2, Agreement: 1),
        }));
        Assert.That(new[] { audit.MeanSquaredError, audit.Pearson, audit.Spearman }, Is.All.Null);
    }

    [Test]
    public void A_label_without_rows_has_no_agreement()
    {
        TeacherAudit audit = ClassificationTask.Instance.Audit([1, 0], Data(ClassificationTask.Instance, AB, "a"));

        Assert.That(audit.Labels[1], Is.EqualTo(new LabelAudit("b", 0, 0, null)));
    }

    [Test]
    public void Logits_of_hundreds_give_finite_figures()
    {
        TeacherAudit audit = ClassificationTask.Instance.Audit(
            [500, -500, -500, 500], Data(ClassificationTask.Instance, AB, "a", "a"));

        Assert.That((audit.MeanConfidence, audit.MeanEntropy), Is.EqualTo((1.0, 0.0)));
        Assert.That(audit.ConfidentlyWrong, Is.EqualTo(0.5));
    }

    [Test]
    public void Every_label_of_a_multi_label_task_is_a_decision_of_its_own()
    {
        // Row 1: a 0.9+ (applies), b 0.4 (does not). Row 2: a 0.2 (applies), b 0.97 (does not).
        float[] logits = [Logit(0.92), Logit(0.4), Logit(0.2), Logit(0.97)];

        TeacherAudit audit = MultiLabelTask.Instance.Audit(logits, Data(MultiLabelTask.Instance, AB, "a", "a"));

        Assert.That(audit.Accuracy, Is.EqualTo(0.5));
        Assert.That(audit.ConfidentlyWrong, Is.EqualTo(0.25));
        Assert.That(audit.MeanConfidence, Is.EqualTo((0.92 + 0.6 + 0.8 + 0.97) / 4).Within(1e-7));
        Assert.That(audit.MeanEntropy,
            Is.EqualTo((Entropy(0.92) + Entropy(0.4) + Entropy(0.2) + Entropy(0.97)) / 4).Within(1e-7));
        Assert.That(audit.Labels, Is.EqualTo(new[]
        {
            new LabelAudit("a", Rows: 2, Predicted: 1, Agreement: 0.5),
            new LabelAudit("b", Rows: 0, Predicted: 1, Agreement: 0.5),
        }));
    }

    [Test]
    public void Accuracy_and_calibration_are_those_of_an_evaluation()
    {
        using TeacherTask task = new();
        TeacherLogits logits = task.Obtain();
        EvaluationScores scores =
            Scored.Of(ClassificationTask.Instance, task.Data, logits.Values, ClassificationTask.Instance.DefaultMetric);

        TeacherAudit audit = logits.Report.Audit;

        Assert.That(audit.Accuracy, Is.EqualTo(scores.Values["accuracy"]).Within(1e-12));
        Assert.That(audit.Labels.Sum(label => label.Rows), Is.EqualTo(60));
        Assert.That(audit.Labels.Sum(label => label.Predicted), Is.EqualTo(60));
        double agreeing = audit.Labels.Sum(label => label.Agreement!.Value * label.Rows);
        Assert.That(agreeing / 60, Is.EqualTo(audit.Accuracy).Within(1e-12));
    }

    [Test]
    public void A_regression_is_compared_by_error_and_correlation()
    {
        TeacherAudit audit = RegressionTask.Instance.Audit(
            [1, 3, 2], Data(RegressionTask.Instance, null, "1", "2", "4"));

        // Differences 0, 1, -2; deviations -1, 1, 0 and -4/3, -1/3, 5/3.
        Assert.That(audit.MeanSquaredError, Is.EqualTo(5 / 3.0).Within(1e-12));
        Assert.That(audit.Pearson, Is.EqualTo(1 / Math.Sqrt(2 * (42 / 9.0))).Within(1e-12));
        Assert.That(audit.Spearman, Is.EqualTo(0.5).Within(1e-12));
        Assert.That(audit.Labels, Is.Empty);
        Assert.That(audit.Accuracy, Is.Null);
    }

    [Test]
    public void A_constant_teacher_has_no_correlation()
    {
        TeacherAudit audit = RegressionTask.Instance.Audit([1, 1], Data(RegressionTask.Instance, null, "1", "2"));

        Assert.That((audit.Pearson, audit.Spearman), Is.EqualTo(default((double?, double?))));
    }

    [Test]
    public void A_report_survives_being_saved()
    {
        using TeacherTask task = new(RegressionTask.Instance);
        TeacherReport report = task.Obtain().Report;

        TeacherReport read = JsonSerializer.Deserialize<TeacherReport>(
            JsonSerializer.Serialize(report, RunJson.Options), RunJson.Options)!;

        Assert.That(read with { Audit = report.Audit }, Is.EqualTo(report));
        Assert.That(read.Audit with { Labels = report.Audit.Labels }, Is.EqualTo(report.Audit));
    }

    [Test]
    public void Logits_of_other_data_are_refused()
    {
        Assert.That(() => ClassificationTask.Instance.Audit([1, 2, 3], Data(ClassificationTask.Instance, AB, "a", "b")),
            Throws.ArgumentException.With.Message.StartsWith("There are 3 logits for 2 examples of 2 outputs"));
    }

    private static float Logit(double p) => (float)Math.Log(p / (1 - p));

    private static double Entropy(double p) => -(p * Math.Log(p)) - ((1 - p) * Math.Log(1 - p));

    private static Dataset Data(ModelTask task, LabelMap? labels, params string[] rows) =>
        task.Label("rows", [.. rows.Select((label, i) => new Example("text", null, label, i + 1))], labels);
}
