using OrtTrainer.Evaluation;
using OrtTrainer.Methods;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Tasks.Classification;

/// <summary>Models that do no better than always answering the most frequent label.</summary>
public sealed class MostFrequentLabelTests
{
    private static readonly string[] Labels = ["no", "yes"];

    [TestCase("no no no", "accuracy 0.3333 on the evaluation data is not above the 0.6667 of always answering 'yes', "
        + "its most frequent label. Try a smaller --lr or more --epochs, and look at the data with debug-data.")]
    [TestCase("yes yes yes", "accuracy 0.6667 on the evaluation data is not above the 0.6667 of always answering "
        + "'yes', its most frequent label. Try a smaller --lr or more --epochs, and look at the data with debug-data.")]
    [TestCase("no yes yes", null)]
    public void Accuracy_is_held_against_the_share_of_the_most_frequent_label(string answers, string? warning) =>
        Assert.That(ClassificationTask.Instance.FindFailure(Answered("no yes yes", answers), Labels),
            Is.EqualTo(warning));

    [Test]
    public void Where_all_is_right_one_label_alone_is_no_failure() =>
        Assert.That(
            ClassificationTask.Instance.FindFailure(Answered("yes yes", "yes yes"), Labels), Is.Null);

    [Test]
    public void A_run_at_a_rate_that_destroys_the_weights_says_so_and_a_good_one_does_not()
    {
        using TinyTask tiny = new();
        RunSummary good = TinyTask.Run(tiny.Options("good") with { Epochs = 15, Dropout = 0 });
        RunSummary bad = TinyTask.Run(
            tiny.Options("bad") with { LearningRate = 5, Epochs = 1, Method = FineTuneMethod.FineTune });

        Assert.That((good.Live > 0.7, good.Warning), Is.EqualTo((true, (string?)null)));
        Assert.That(bad.Live, Is.LessThanOrEqualTo(8 / 24.0));
        Assert.That(bad.Warning, Does.StartWith(FormattableString.Invariant($"accuracy {bad.Live:0.0000} on ")));
        Assert.That(bad.Warning, Does.Contain("not above the 0.3333 of always answering"));
        Assert.That(RunSummary.Read(tiny.Output("bad")).Warning, Is.EqualTo(bad.Warning));
        Assert.That(
            File.ReadAllText(Path.Combine(tiny.Output("bad"), "run", "report.html")),
            Does.Contain("not above the 0.3333"));
    }

    [Test]
    public void Tasks_of_other_answers_have_no_such_measure() =>
        Assert.That(MultiLabelTask.Instance.FindFailure(Answered("no yes", "no no"), Labels), Is.Null);

    private static ClassifiedExamples Answered(string truth, string answers)
    {
        int[] labels = [.. truth.Split(' ').Select(label => Array.IndexOf(Labels, label))];
        double[] logits =
        [
            .. answers.Split(' ').SelectMany(answer => Labels.Select(label => label == answer ? 1.0 : 0.0)),
        ];
        return new ClassifiedExamples(logits, labels, Labels.Length);
    }
}
