using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Runs;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Runs;

public sealed class RunProgressTests
{
    private static readonly Metric Accuracy = ClassificationTask.Instance.FindMetric("accuracy");
    private static readonly Metric LogLoss = ClassificationTask.Instance.FindMetric("log_loss");

    [Test]
    public void The_first_of_equal_scores_is_the_best()
    {
        RunProgress progress = Of(Accuracy, 0.5, 0.8, 0.7, 0.8);

        Assert.That((progress.BestStep, progress.BestScore, progress.EvaluationsSinceBest), Is.EqualTo((20L, 0.8, 2)));
        Assert.That(progress.EvaluatedStep, Is.EqualTo(40));
    }

    [Test]
    public void Losses_are_better_where_they_are_lower() =>
        Assert.That(Of(LogLoss, 0.9, 0.3, 0.4).BestStep, Is.EqualTo(20));

    [Test]
    public void A_score_that_is_not_defined_is_never_the_best()
    {
        RunProgress progress = Of(Accuracy, double.NaN, double.NaN);
        Assert.That((progress.BestStep, progress.BestScore, progress.EvaluationsSinceBest), Is.EqualTo(
            (0L, (double?)null, 2)));

        Assert.That(Of(Accuracy, double.NaN, 0.1, double.NaN).BestStep, Is.EqualTo(20));
    }

    [Test]
    public void Steps_add_up()
    {
        RunProgress progress = new RunProgress().With(new StepReport(1, default, 1, 1, 8, 100), 0.5)
            .With(new StepReport(2, default, 1, 1, 4, 30), 0.25);

        Assert.That((progress.Examples, progress.Tokens, progress.TrainSeconds), Is.EqualTo((12L, 130L, 0.75)));
        Assert.That(progress.EvaluatedStep, Is.Zero);
    }

    [Test]
    public void A_checkpoint_keeps_all_of_it()
    {
        RunProgress progress = Of(Accuracy, 0.5, double.NaN).With(new StepReport(1, default, 1, 1, 8, 100), 0.1);

        RunProgress read = JsonSerializer.Deserialize<RunProgress>(
            JsonSerializer.Serialize(progress, RunJson.Options), RunJson.Options)!;

        Assert.That(read with { Evaluations = progress.Evaluations }, Is.EqualTo(progress));
        Assert.That(read.Evaluations.Select(e => (e.Step, e.Live["score"], e.Averaged)), Is.EqualTo(
            progress.Evaluations.Select(e => (e.Step, e.Live["score"], e.Averaged))));
    }

    private static RunProgress Of(Metric metric, params double[] scores)
    {
        RunProgress progress = new();
        for (int i = 0; i < scores.Length; i++)
        {
            EvaluationPoint point = new(10 * (i + 1), new Dictionary<string, double> { ["score"] = scores[i] }, null);
            progress = progress.With(point, scores[i], metric);
        }

        return progress;
    }
}
