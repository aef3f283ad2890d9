using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Loss;

/// <summary>Inequalities and sums that hold for every batch.</summary>
public class LossPropertyTests
{
    private const int Rows = 20, Classes = 4;

    [Test]
    public void The_gradient_of_every_row_sums_to_zero([Range(1, 3)] int seed)
    {
        // A constant on all logits of a row changes no softmax.
        var (logits, teacher, labels) = Batch(seed);
        var (oneHot, soft) = (SoftTargets.OneHot(labels, Classes), SoftTargets.FromLogits(teacher, Classes, 2));
        Action<double[]>[] losses =
        [
            g => SoftmaxCrossEntropy.Loss(logits, oneHot.Mix(0.3, soft), g, temperature: 2),
            g => new KnowledgeDistillationReference { Temperature = 2 }.Loss(logits, oneHot, soft, g),
            g => ConfidencePenaltyReference.Loss(logits, oneHot, 0.2, g),
            g => FocalReference.Loss(logits, labels, 2, g),
            g => RDropReference.Loss(logits, teacher, oneHot, 0.5, g, new double[g.Length]),
        ];
        foreach (var loss in losses)
        {
            var gradient = new double[logits.Length];
            loss(gradient);
            Assert.That(gradient.Chunk(Classes).Select(row => row.Sum()), Is.All.Zero.Within(1e-15));
            Assert.That(gradient.Sum(Math.Abs), Is.GreaterThan(0.01));
        }
    }

    [Test]
    public void Cross_entropy_is_least_where_the_model_gives_the_targets([Range(1, 3)] int seed)
    {
        // Gibbs' inequality: H(q, p) >= H(q), with equality for p = q.
        var (logits, teacher, _) = Batch(seed);
        var targets = SoftTargets.FromLogits(teacher, Classes);
        Assert.That(SoftmaxCrossEntropy.Loss(teacher, targets, []), Is.EqualTo(targets.Entropy()).Within(1e-13));
        Assert.That(SoftmaxCrossEntropy.Loss(logits, targets, []), Is.GreaterThan(targets.Entropy()));
    }

    [Test]
    public void The_loss_of_a_batch_is_the_mean_of_its_rows([Range(1, 3)] int seed)
    {
        var (logits, _, labels) = Batch(seed);
        var rows = Enumerable.Range(0, Rows).Average(row => SoftmaxCrossEntropy.Loss(
            logits.AsSpan(row * Classes, Classes), SoftTargets.SmoothedUniform([labels[row]], Classes, 0.1), []));
        Assert.That(
            SoftmaxCrossEntropy.Loss(logits, SoftTargets.SmoothedUniform(labels, Classes, 0.1), []),
            Is.EqualTo(rows).Within(1e-13));
    }

    [Test]
    public void An_ignored_row_is_as_good_as_absent_and_has_no_gradient()
    {
        var (logits, _, labels) = Batch(4);
        int[] some = [.. labels.Select((label, row) => row % 3 == 0 ? SoftTargets.IgnoredLabel : label)];
        double[] kept = [.. logits.Where((_, i) => i / Classes % 3 != 0)];
        var gradient = new double[logits.Length];

        var loss = SoftmaxCrossEntropy.Loss(logits, SoftTargets.OneHot(some, Classes), gradient);

        var targets = SoftTargets.OneHot([.. labels.Where((_, row) => row % 3 != 0)], Classes);
        Assert.That(loss, Is.EqualTo(SoftmaxCrossEntropy.Loss(kept, targets, [])).Within(1e-13));
        Assert.That(gradient.Where((_, i) => i / Classes % 3 == 0), Is.All.Zero);
    }

    [Test]
    public void A_weight_of_two_is_a_row_given_twice()
    {
        double[] logits = [0.2, -1, 0.5, 0.3];
        var weighted = SoftTargets.OneHot([0, 1], 2, [2, 1]);
        double[] repeated = [0.2, -1, 0.2, -1, 0.5, 0.3];
        Assert.That(
            SoftmaxCrossEntropy.Loss(logits, weighted, []),
            Is.EqualTo(SoftmaxCrossEntropy.Loss(repeated, SoftTargets.OneHot([0, 0, 1], 2), [])).Within(1e-14));
    }

    [Test]
    public void The_gradient_is_added_to_what_is_there()
    {
        var (logits, _, labels) = Batch(5);
        var targets = SoftTargets.OneHot(labels, Classes);
        var (alone, added) = (new double[logits.Length], Enumerable.Repeat(10.0, logits.Length).ToArray());
        SoftmaxCrossEntropy.Loss(logits, targets, alone);
        SoftmaxCrossEntropy.Loss(logits, targets, added);
        Assert.That(added, Is.EqualTo(alone.Select(g => g + 10)).Within(1e-14));
    }

    [Test]
    public void A_higher_temperature_nears_the_uniform_and_a_lower_one_the_largest()
    {
        var targets = SoftTargets.FromLogits([3, 1, 0, -2], Classes);
        Assert.That(targets.Tempered(1e6).Row(0).ToArray(), Is.All.EqualTo(0.25).Within(1e-5));
        Assert.That(targets.Tempered(1e-2).Row(0).ToArray(), Is.EqualTo(new double[] { 1, 0, 0, 0 }).Within(1e-12));
        Assert.That(
            targets.Tempered(3).Row(0).ToArray(),
            Is.EqualTo(SoftTargets.FromLogits([3, 1, 0, -2], Classes, 3).Row(0).ToArray()).Within(1e-14));
    }

    [Test]
    public void With_temperature_squared_the_gradient_of_the_teacher_keeps_its_size()
    {
        // For small logits the gradient at T is (z - t) / (K T²): times T², the same for every T.
        double[] logits = [0.01, -0.02, 0.03], teacher = [-0.01, 0.01, 0.02];
        double[] Gradient(double temperature)
        {
            var gradient = new double[3];
            new KnowledgeDistillationReference { Alpha = 1, Temperature = temperature }.Loss(
                logits, SoftTargets.OneHot([0], 3), SoftTargets.FromLogits(teacher, 3, temperature), gradient);
            return gradient;
        }

        Assert.That(Gradient(8), Is.EqualTo(Gradient(1)).Within(2e-4));
        Assert.That(Gradient(8)[1], Is.EqualTo(-0.03 / 3).Within(3e-4));
    }

    [Test]
    public void Gradients_of_another_length_are_refused() =>
        Assert.That(
            () => SoftmaxCrossEntropy.Loss([1, 2], SoftTargets.OneHot([0], 2), new double[3]),
            Throws.ArgumentException);

    private static (double[] Logits, double[] Teacher, int[] Labels) Batch(int seed)
    {
        var random = new Random(seed);
        double[] Logits() => [.. Enumerable.Range(0, Rows * Classes).Select(_ => (random.NextDouble() * 6) - 3)];
        return (Logits(), Logits(), [.. Enumerable.Range(0, Rows).Select(_ => random.Next(Classes))]);
    }
}
