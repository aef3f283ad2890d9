using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Loss;

/// <summary>Gradients against central differences of the values.</summary>
public class LossGradientTests
{
    private delegate double Loss(double[] logits, double[] gradient);

    private static readonly int[] Labels = [2, 0, SoftTargets.IgnoredLabel, 1];
    private static readonly double[] Logits = [0.3, -1.2, 2.0, 1.5, 0.1, -0.4, 9, 9, -9, -2.5, 0.7, 0.6];
    private static readonly double[] Others = [1.0, 0.2, -0.5, -1.5, 0.9, 0.4, 3, -2, 0.1, 2.5, 0.3, -0.6];

    [Test]
    public void Cross_entropy_with_class_weights_and_an_ignored_row()
    {
        var targets = SoftTargets.OneHot(Labels, 3, [0.5, 1, 2]);
        Check((logits, gradient) => SoftmaxCrossEntropy.Loss(logits, targets, gradient));
    }

    [Test]
    public void Cross_entropy_of_mixed_targets_at_a_temperature()
    {
        var targets = SoftTargets.OneHot(Labels, 3).Mix(0.3, SoftTargets.FromLogits(Others, 3, 2));
        Check((logits, gradient) => SoftmaxCrossEntropy.Loss(logits, targets, gradient, temperature: 2, scale: 0.7));
    }

    [Test]
    public void Distillation_with_temperature_squared()
    {
        var distillation = new KnowledgeDistillationReference { Alpha = 0.6, Temperature = 3 };
        var (labels, teacher) = (SoftTargets.OneHot(Labels, 3), SoftTargets.FromLogits(Others, 3, 3));
        Check((logits, gradient) => distillation.Loss(logits, labels, teacher, gradient));
    }

    [Test]
    public void Confidence_penalty_with_an_ignored_row()
    {
        var targets = SoftTargets.OneHot(Labels, 3);
        Check((logits, gradient) => ConfidencePenaltyReference.Loss(logits, targets, 0.4, gradient));
    }

    [Test]
    public void Focal_loss([Values(0, 1, 2.5)] double gamma) =>
        Check((logits, gradient) => FocalReference.Loss(logits, [2, 0, 1, 1], gamma, gradient));

    [Test]
    public void Both_sides_of_r_drop()
    {
        var targets = SoftTargets.OneHot(Labels, 3);
        Check((logits, gradient) => RDropReference.Loss(logits, Others, targets, 0.7, gradient, new double[12]));
        Check((logits, gradient) => RDropReference.Loss(Others, logits, targets, 0.7, new double[12], gradient));
    }

    [Test]
    public void Binary_cross_entropy()
    {
        double[] targets = [1, 0, 0.3, 1, 1, 0, 0, 1, 0, 0, 0, 1];
        Check((logits, gradient) => BinaryCrossEntropy.Loss(logits, targets, gradient));
    }

    [Test]
    public void Mean_squared_error() =>
        Check((logits, gradient) => MeanSquaredError.Loss(logits, Others, gradient));

    private static void Check(Loss loss)
    {
        const double Delta = 1e-5;
        var gradient = new double[Logits.Length];
        loss(Logits, gradient);
        for (var i = 0; i < Logits.Length; i++)
        {
            double At(double shift)
            {
                var moved = (double[])Logits.Clone();
                moved[i] += shift;
                return loss(moved, new double[Logits.Length]);
            }

            Assert.That(gradient[i], Is.EqualTo((At(Delta) - At(-Delta)) / (2 * Delta)).Within(1e-8), $"logit {i}");
        }
    }
}
