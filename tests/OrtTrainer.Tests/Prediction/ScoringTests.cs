using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;

namespace OrtTrainer.Tests.Prediction;

/// <summary>From logits to scores.</summary>
public sealed class ScoringTests
{
    private static readonly string[] Labels = ["a", "b", "c"];

    [Test]
    public void Softmax_gives_the_textbook_values()
    {
        // exp(0), exp(ln 2), exp(ln 5) over their sum 8.
        float[] values = [0f, 0.6931472f, 1.609438f];
        Scoring.Softmax(values);
        Assert.That(values, Is.EqualTo(new[] { 0.125, 0.25, 0.625 }).Within(1e-7));
    }

    [Test]
    public void Softmax_of_huge_logits_stays_finite()
    {
        float[] values = [1e4f, 1e4f, -1e4f];
        Scoring.Softmax(values);
        Assert.That(values, Is.EqualTo(new[] { 0.5f, 0.5f, 0f }));
    }

    [Test]
    public void Sigmoid_gives_the_textbook_values()
    {
        float[] values = [0f, 1.0986123f, -1000f, 1000f];
        Scoring.Sigmoid(values);
        Assert.That(values, Is.EqualTo(new[] { 0.5, 0.75, 0, 1 }).Within(1e-7));
    }

    [Test]
    public void The_first_of_equal_classes_is_chosen()
    {
        Assert.That(Scoring.Read(TaskKind.Classification, Labels, [1f, 3f, 3f], 0.5f).Label, Is.EqualTo("b"));
    }

    [Test]
    public void A_score_at_the_threshold_counts()
    {
        Assert.That(Scoring.Read(TaskKind.MultiLabel, Labels, [0f, -0.1f, 2f], 0.5f).Labels,
            Is.EqualTo(new[] { "c", "a" }));
    }

    [Test]
    public void A_classifier_that_gives_no_numbers_is_not_read_as_a_label()
    {
        Assert.That(() => Scoring.Read(TaskKind.Classification, Labels, [float.NaN, 1f, 2f], 0.5f),
            Throws.TypeOf<ModelException>().With.Message.Contains("NaN"));
    }
}
