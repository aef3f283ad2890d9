using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Loss;

/// <summary>Identities between the losses, which hold without any reference.</summary>
public class LossValueTests
{
    private static readonly double[] Logits = [0.4, -1, 2, 1, 0, -3];
    private static readonly int[] Labels = [2, 1];
    private static readonly SoftTargets OneHot = SoftTargets.OneHot(Labels, 3);

    [Test]
    public void Equal_logits_cost_the_logarithm_of_the_classes() =>
        Assert.That(
            SoftmaxCrossEntropy.Loss([7, 7, 7, 7], SoftTargets.OneHot([2], 4), []),
            Is.EqualTo(Math.Log(4)).Within(1e-15));

    [Test]
    public void A_constant_on_all_logits_changes_nothing()
    {
        var shifted = Array.ConvertAll(Logits, z => z + 500);
        Assert.That(
            SoftmaxCrossEntropy.Loss(shifted, OneHot, []),
            Is.EqualTo(SoftmaxCrossEntropy.Loss(Logits, OneHot, [])).Within(1e-12));
    }

    [Test]
    public void Class_weights_make_a_weighted_mean_of_the_rows()
    {
        var first = SoftmaxCrossEntropy.Loss(Logits.AsSpan(0, 3), SoftTargets.OneHot([2], 3), []);
        var second = SoftmaxCrossEntropy.Loss(Logits.AsSpan(3, 3), SoftTargets.OneHot([1], 3), []);
        var weighted = SoftTargets.OneHot(Labels, 3, [9, 1, 3]);
        Assert.That(
            SoftmaxCrossEntropy.Loss(Logits, weighted, []), Is.EqualTo(((3 * first) + second) / 4).Within(1e-14));
    }

    [Test]
    public void Teacher_free_regularisation_is_smoothing_on_the_other_classes()
    {
        var teacher = SoftTargets.SmoothedOthers(Labels, 3, 1 - 0.9);
        var smoothed = SoftTargets.SmoothedOthers(Labels, 3, 0.3 * (1 - 0.9));
        Assert.That(
            SoftmaxCrossEntropy.Loss(Logits, OneHot.Mix(0.3, teacher), []),
            Is.EqualTo(SoftmaxCrossEntropy.Loss(Logits, smoothed, [])).Within(1e-14));
    }

    [Test]
    public void A_student_equal_to_its_teacher_has_nothing_left_to_learn_from_it()
    {
        var gradient = new double[Logits.Length];
        var distillation = new KnowledgeDistillationReference { Alpha = 1, Temperature = 4 };
        var loss = distillation.Loss(Logits, OneHot, SoftTargets.FromLogits(Logits, 3, 4), gradient);
        Assert.That(loss, Is.EqualTo(0).Within(1e-14));
        Assert.That(gradient, Is.All.EqualTo(0).Within(1e-15));
    }

    [Test]
    public void Two_equal_passes_cost_r_drop_no_more_than_one_pass() =>
        Assert.That(
            RDropReference.Loss(Logits, Logits, OneHot, 5, new double[6], new double[6]),
            Is.EqualTo(SoftmaxCrossEntropy.Loss(Logits, OneHot, [])).Within(1e-14));

    [Test]
    public void Focal_loss_without_fading_and_a_penalty_of_nothing_are_cross_entropy()
    {
        var expected = SoftmaxCrossEntropy.Loss(Logits, OneHot, []);
        Assert.That(FocalReference.Loss(Logits, Labels, 0, []), Is.EqualTo(expected).Within(1e-14));
        Assert.That(ConfidencePenaltyReference.Loss(Logits, OneHot, 0, []), Is.EqualTo(expected).Within(1e-14));
    }

    [Test]
    public void Binary_cross_entropy_is_softmax_over_the_logit_and_zero()
    {
        var expected = SoftmaxCrossEntropy.Loss([0, 1.7], SoftTargets.OneHot([1], 2), []);
        Assert.That(BinaryCrossEntropy.Loss([1.7], [1], []), Is.EqualTo(expected).Within(1e-15));
    }

    [Test]
    public void An_empty_batch_costs_nothing()
    {
        Assert.That(BinaryCrossEntropy.Loss([], [], []), Is.Zero);
        Assert.That(MeanSquaredError.Loss([], [], []), Is.Zero);
        Assert.That(FocalReference.Loss([], [], 2, []), Is.Zero);
        Assert.That(SoftmaxCrossEntropy.Loss([], SoftTargets.OneHot([], 3), []), Is.Zero);
    }

    [Test]
    public void Settings_out_of_range_are_named()
    {
        void Refuses(Func<object> make, string message) =>
            Assert.That(make, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith(message));

        Refuses(() => new KnowledgeDistillationReference { Alpha = 1.1 }, "Alpha is 1.1; expected from 0 to 1.");
        Refuses(() => new KnowledgeDistillationReference { Temperature = 0 }, "Temperature is 0; expected above 0.");
        Refuses(() => SoftTargets.SmoothedUniform([0], 2, -0.1), "epsilon is -0.1; expected from 0 to 1.");
        Refuses(() => SoftTargets.SmoothedOthers([0], 1, 0.1), "classes is 1; expected 2 or more.");
        Refuses(() => OneHot.Mix(2, OneHot), "share is 2; expected from 0 to 1.");
        Refuses(() => OneHot.Tempered(0), "temperature is 0; expected above 0.");
        Assert.That(
            () => SoftTargets.OneHot([0], 2, [1, 2, 3]),
            Throws.ArgumentException.With.Message.StartsWith("There are 3 class weights for 2 classes."));
        Assert.That(
            () => OneHot.Mix(0.5, SoftTargets.OneHot([0], 3)),
            Throws.ArgumentException.With.Message.StartsWith("Targets [2, 3] cannot be mixed with [1, 3]."));
    }
}
