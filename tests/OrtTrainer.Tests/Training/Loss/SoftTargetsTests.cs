using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Loss;

public class SoftTargetsTests
{
    [Test]
    public void The_two_smoothing_conventions_agree_at_the_converted_strength()
    {
        const int Classes = 5;
        var uniform = SoftTargets.SmoothedUniform([3], Classes, 0.2 * Classes / (Classes - 1));
        var others = SoftTargets.SmoothedOthers([3], Classes, 0.2);
        Assert.That(uniform.Row(0).ToArray(), Is.EqualTo(others.Row(0).ToArray()).Within(1e-15));
    }

    [Test]
    public void Every_kind_of_target_sums_to_one()
    {
        foreach (var targets in new[]
        {
            SoftTargets.OneHot([1], 3),
            SoftTargets.SmoothedUniform([1], 3, 0.3),
            SoftTargets.SmoothedOthers([1], 3, 0.3).Tempered(20),
            SoftTargets.FromLogits([800, -800, 799], 3, 2),
            SoftTargets.OneHot([1], 3).Mix(0.4, SoftTargets.FromLogits([1, 2, 3], 3)),
        })
        {
            Assert.That(targets.Row(0).ToArray().Sum(), Is.EqualTo(1).Within(1e-14));
        }
    }

    [Test]
    public void The_entropy_of_a_uniform_row_is_the_logarithm_of_the_classes() =>
        Assert.That(SoftTargets.SmoothedUniform([0], 4, 1).Entropy(), Is.EqualTo(Math.Log(4)).Within(1e-15));

    [Test]
    public void A_label_outside_the_classes_is_named_with_its_row() =>
        Assert.That(
            () => SoftTargets.OneHot([0, 3], 3),
            Throws.ArgumentException.With.Message.StartsWith(
                "Row 1 has label 3; expected 0 to 2, or -100 to leave it out."));

    [Test]
    public void A_batch_without_targets_has_no_loss_and_no_gradient()
    {
        var gradient = new double[2];
        var loss = SoftmaxCrossEntropy.Loss([5, -5], SoftTargets.OneHot([SoftTargets.IgnoredLabel], 2), gradient);
        Assert.That(loss, Is.Zero);
        Assert.That(gradient, Is.EqualTo(new double[2]));
    }

    [Test]
    public void Huge_logits_give_finite_losses()
    {
        var gradient = new double[2];
        Assert.That(
            SoftmaxCrossEntropy.Loss([1000, -1000], SoftTargets.OneHot([1], 2), gradient),
            Is.EqualTo(2000).Within(1e-9));
        Assert.That(gradient, Is.EqualTo(new[] { 1.0, -1.0 }).Within(1e-15));
        Assert.That(BinaryCrossEntropy.Loss([1000, -1000], [0, 1], gradient), Is.EqualTo(1000).Within(1e-9));
    }

    [Test]
    public void Logits_of_another_shape_are_refused() =>
        Assert.That(
            () => SoftmaxCrossEntropy.Loss([1, 2, 3], SoftTargets.OneHot([0], 2), []),
            Throws.ArgumentException.With.Message.Contains("3 logits for targets of 2 values"));
}
