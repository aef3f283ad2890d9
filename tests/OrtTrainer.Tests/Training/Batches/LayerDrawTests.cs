using OrtTrainer.Methods;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training.Batches;

public sealed class LayerDrawTests
{
    [Test]
    public void Drawn_layers_ascend_within_range()
    {
        LayerDraw draw = new(layers: 11, count: 5, stepsPerEpoch: 1, seed: 3);

        foreach (int step in Enumerable.Range(0, 200))
        {
            int[] drawn = draw.At(step).ToArray();

            Assert.That(drawn, Has.Length.EqualTo(5).And.Ordered.And.Unique);
            Assert.That(drawn, Has.All.InRange(0, 10));
        }
    }

    [Test]
    public void An_epoch_keeps_its_layers_and_the_next_has_others()
    {
        LayerDraw draw = new(layers: 11, count: 5, stepsPerEpoch: 4, seed: 3);

        int[][] steps = [.. Enumerable.Range(0, 40).Select(step => draw.At(step).ToArray())];

        Assert.That(Enumerable.Range(0, 40).All(step => steps[step].SequenceEqual(steps[step / 4 * 4])));
        Assert.That(steps.Select(s => string.Join(' ', s)).Distinct().Count(), Is.GreaterThanOrEqualTo(8));
    }

    [Test]
    public void A_step_says_all_whatever_was_drawn_before_it()
    {
        LayerDraw forward = new(layers: 9, count: 3, stepsPerEpoch: 2, seed: 7);
        int[][] expected = [.. Enumerable.Range(0, 20).Select(step => forward.At(step).ToArray())];

        LayerDraw resumed = new(layers: 9, count: 3, stepsPerEpoch: 2, seed: 7);

        foreach (int step in new[] { 19, 4, 5, 0, 12 })
        {
            Assert.That(resumed.At(step).ToArray(), Is.EqualTo(expected[step]), $"step {step}");
        }
    }

    [Test]
    public void Other_seeds_draw_others()
    {
        string[] first = Epochs(seed: 1);

        Assert.That(Epochs(seed: 1), Is.EqualTo(first));
        Assert.That(Epochs(seed: 2), Is.Not.EqualTo(first));
    }

    [Test]
    public void Every_set_is_as_likely()
    {
        const int Draws = 6000;
        LayerDraw draw = new(layers: 4, count: 2, stepsPerEpoch: 1, seed: 5);

        Dictionary<string, int> counts = Enumerable.Range(0, Draws)
            .CountBy(step => string.Join(' ', draw.At(step).ToArray())).ToDictionary();

        // Six sets: 1000 each, with a standard deviation of 29.
        Assert.That(counts, Has.Count.EqualTo(6));
        Assert.That(counts.Values, Has.All.InRange(1000 - 150, 1000 + 150));
    }

    [Test]
    public void All_layers_are_drawn_where_there_are_no_more() => Assert.That(
        new LayerDraw(layers: 3, count: 3, stepsPerEpoch: 1, seed: 1).At(8).ToArray(), Is.EqualTo(new[] { 0, 1, 2 }));

    [TestCase(2, 3)]
    [TestCase(2, 0)]
    public void More_than_there_are_or_none_cannot_be_drawn(int layers, int count) => Assert.That(
        () => new LayerDraw(layers, count, 1, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static string[] Epochs(long seed)
    {
        LayerDraw draw = new(layers: 11, count: 5, stepsPerEpoch: 1, seed);
        return [.. Enumerable.Range(0, 5).Select(step => string.Join(' ', draw.At(step).ToArray()))];
    }
}
