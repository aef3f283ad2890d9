using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training;

public sealed class GradientAccumulatorTests
{
    [TestCase("classification", 8)]
    [TestCase("classification", 7)]
    [TestCase("classification", 1)]
    [TestCase("multi_label", 7)]
    [TestCase("regression", 5)]
    public void Batches_of_two_together_are_the_batch_of_all(string taskName, int examples)
    {
        ModelTask task = ModelTask.Named(taskName);
        using TinyTraining tiny = new(task: task);
        int[] indices = [.. Enumerable.Range(0, examples).Reverse()];

        (float wholeLoss, float[] whole, int wholeTokens) = Gradients(tiny, tiny.Options(8), indices);
        (float loss, float[] parts, int tokens) = Gradients(tiny, tiny.Options(2, accumulation: 4), indices);

        Assert.That(loss, Is.EqualTo(wholeLoss).Within(1e-6 * wholeLoss));
        Assert.That(tokens, Is.EqualTo(wholeTokens));
        Assert.That(parts, Is.EqualTo(whole).Within(2e-6 * whole.Max(Math.Abs)));
        Assert.That(whole.Max(Math.Abs), Is.GreaterThan(1e-3));
    }

    [Test]
    public void A_step_forgets_the_gradients_of_the_one_before()
    {
        using TinyTraining tiny = new();
        using GradientAccumulator accumulator =
            new(tiny.Graph, tiny.Options(2, accumulation: 2), tiny.Objective, tiny.State);
        accumulator.Run(tiny.Examples, [0, 1, 2, 3], step: 0);
        float[] first = accumulator.Values.Span.ToArray();

        accumulator.Run(tiny.Examples, [4, 5, 6], step: 1);
        accumulator.Run(tiny.Examples, [0, 1, 2, 3], step: 2);

        Assert.That(accumulator.Values.Span.ToArray(), Is.EqualTo(first));
    }

    [Test]
    public void Every_batch_of_a_step_has_dropout_of_its_own()
    {
        using TinyTraining tiny = new(dropout: true);
        using GradientAccumulator accumulator =
            new(tiny.Graph, tiny.Options(2, accumulation: 2), tiny.Objective, tiny.State);

        // The same two examples twice: equal masks would give the loss of one batch of them.
        (LossParts twice, _) = accumulator.Run(tiny.Examples, [0, 1, 0, 1], step: 0);
        (LossParts once, _) = accumulator.Run(tiny.Examples, [0, 1], step: 0);
        (LossParts again, _) = accumulator.Run(tiny.Examples, [0, 1, 0, 1], step: 0);

        Assert.That(twice.Total, Is.Not.EqualTo(once.Total).Within(1e-6));
        Assert.That(again, Is.EqualTo(twice));
    }

    private static (float Loss, float[] Gradients, int Tokens) Gradients(
        TinyTraining tiny, TrainerOptions options, int[] indices)
    {
        using GradientAccumulator accumulator = new(tiny.Graph, options, tiny.Objective, tiny.State);
        (LossParts loss, int tokens) = accumulator.Run(tiny.Examples, indices, step: 0);
        return (loss.Total, accumulator.Values.Span.ToArray(), tokens);
    }
}
