using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks;

/// <summary>From logits to scores.</summary>
public sealed class DecodingTests
{
    private static readonly string[] Labels = ["a", "b", "c"];
    private static readonly TokenizedExample Input = new([0], [0]);

    [Test]
    public void Softmax_gives_the_textbook_values()
    {
        // exp(0), exp(ln 2), exp(ln 5) over their sum 8.
        float[] values = Probabilities.Softmax([0f, 0.6931472f, 1.609438f]);
        Assert.That(values, Is.EqualTo(new[] { 0.125, 0.25, 0.625 }).Within(1e-7));
    }

    [Test]
    public void Softmax_of_huge_logits_stays_finite()
    {
        float[] values = Probabilities.Softmax([1e4f, 1e4f, -1e4f]);
        Assert.That(values, Is.EqualTo(new[] { 0.5f, 0.5f, 0f }));
    }

    [Test]
    public void Sigmoid_gives_the_textbook_values()
    {
        float[] values = Probabilities.Sigmoid([0f, 1.0986123f, -1000f, 1000f]);
        Assert.That(values, Is.EqualTo(new[] { 0.5, 0.75, 0, 1 }).Within(1e-7));
    }

    [Test]
    public void The_first_of_equal_classes_is_chosen()
    {
        Assert.That(ClassificationTask.Instance.Decode(Input, [1f, 3f, 3f], Labels, new()).Label, Is.EqualTo("b"));
    }

    [Test]
    public void A_score_at_the_threshold_counts()
    {
        Assert.That(MultiLabelTask.Instance.Decode(Input, [0f, -0.1f, 2f], Labels, new()).Labels,
            Is.EqualTo(new[] { "c", "a" }));
    }

    [Test]
    public void A_classifier_that_gives_no_numbers_is_not_read_as_a_label()
    {
        Assert.That(() => ClassificationTask.Instance.Decode(Input, [float.NaN, 1f, 2f], Labels, new()),
            Throws.TypeOf<RunException>().With.Message.Contains("NaN"));
    }
}
