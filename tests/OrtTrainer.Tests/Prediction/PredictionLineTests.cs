using OrtTrainer.Prediction;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Prediction;

public sealed class PredictionLineTests
{
    [Test]
    public void A_class_has_its_label_its_score_and_all_scores() => Assert.That(
        new PredictionLine(ClassificationTask.Instance, ["no", "yes"]).Of(new(["yes"], [0.25f, 0.75f])),
        Is.EqualTo("""{"label":"yes","score":0.75,"scores":{"no":0.25,"yes":0.75}}"""));

    [Test]
    public void Several_labels_stand_in_a_list() => Assert.That(
        new PredictionLine(MultiLabelTask.Instance, ["a", "b"]).Of(new(["b", "a"], [0.5f, 0.75f])),
        Is.EqualTo("""{"labels":["b","a"],"scores":{"a":0.5,"b":0.75}}"""));

    [Test]
    public void No_label_at_all_is_an_empty_list() => Assert.That(
        new PredictionLine(MultiLabelTask.Instance, ["a"]).Of(new([], [0.25f])),
        Is.EqualTo("""{"labels":[],"scores":{"a":0.25}}"""));

    [Test]
    public void A_regression_is_its_value() => Assert.That(
        new PredictionLine(RegressionTask.Instance, ["LABEL_0"]).Of(new([], [-1.5f])),
        Is.EqualTo("""{"score":-1.5}"""));

    [Test]
    public void Letters_of_any_language_stay_as_they_are() => Assert.That(
        new PredictionLine(MultiLabelTask.Instance, ["né \"ü\""]).Of(new([], [0f])),
        Is.EqualTo("""{"labels":[],"scores":{"né \"ü\"":0}}"""));
}
