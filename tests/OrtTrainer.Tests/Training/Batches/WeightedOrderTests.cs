using OrtTrainer.Data;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training.Batches;

/// <summary>Epochs that are drawn by weights.</summary>
public sealed class WeightedOrderTests
{
    private static readonly double[] Weights = [0, 1, 2, 0, 5, 0];

    [Test]
    public void Examples_come_in_proportion_to_their_weights_and_those_without_never()
    {
        int[] counts = new int[Weights.Length];
        EpochOrder order = new(Weights.Length, 3, seed: 4, weights: Weights);
        const int steps = 20_000;
        for (long step = 0; step < steps; step++)
        {
            foreach (int example in order.ExamplesOf(step))
            {
                counts[example]++;
            }
        }

        double all = counts.Sum();
        Assert.That(all, Is.EqualTo(3 * steps));
        for (int i = 0; i < counts.Length; i++)
        {
            // Four standard deviations of a share of 60,000 draws are at most 0.0082.
            Assert.That(counts[i] / all, Is.EqualTo(Weights[i] / 8).Within(Weights[i] == 0 ? 0 : 0.0082), $"{i}");
        }
    }

    [Test]
    public void A_step_is_the_same_whatever_came_before_it()
    {
        EpochOrder through = new(Weights.Length, 2, seed: 9, weights: Weights);
        int[][] steps = [.. Enumerable.Range(0, 12).Select(step => through.ExamplesOf(step).ToArray())];

        for (int step = 11; step >= 0; step--)
        {
            Assert.That(new EpochOrder(Weights.Length, 2, seed: 9, weights: Weights).ExamplesOf(step).ToArray(),
                Is.EqualTo(steps[step]));
        }

        Assert.That(new EpochOrder(Weights.Length, 2, seed: 10, weights: Weights).ExamplesOf(0).ToArray()
            .Concat(new EpochOrder(Weights.Length, 2, seed: 10, weights: Weights).ExamplesOf(1).ToArray()),
            Is.Not.EqualTo(steps[0].Concat(steps[1])));
    }

    [Test]
    public void Pairs_stay_together()
    {
        EpochOrder order = new(6, 2, seed: 1, groupSize: 2, weights: [1, 1, 0, 0, 3, 3]);

        for (long step = 0; step < 30; step++)
        {
            int[] pair = order.ExamplesOf(step).ToArray();
            Assert.That(pair[1], Is.EqualTo(pair[0] + 1));
            Assert.That(pair[0], Is.EqualTo(0).Or.EqualTo(4));
        }
    }

    [Test]
    public void Weights_without_any_above_zero_are_refused() =>
        Assert.That(() => new EpochOrder(2, 1, seed: 1, weights: [0, 0]), Throws.ArgumentException);

    [Test]
    public void Losses_are_multiplied_by_the_weights_of_their_examples()
    {
        Example[] examples = [new("a") { LossWeight = 2 }, new("b") { LossWeight = 0.5 }, new("c")];
        Dataset source = new("inline", examples, LabelMap.OfData(["x", "y"]), new ClassTargets([0, 1, 0], 2));
        EncodedDataset data = new(source, [Input(), Input(), Input()], source.Targets, 8);

        Assert.That(data.LossWeights(null), Is.EqualTo(new[] { 2f, 0.5f, 1f }));
        Assert.That(data.LossWeights([1, 10, 3]), Is.EqualTo(new[] { 2f, 5f, 3f }));
        Assert.That(data.SampleWeights, Is.Null);

        static TokenizedExample Input() => new([1, 2], [0, 0]);
    }
}
