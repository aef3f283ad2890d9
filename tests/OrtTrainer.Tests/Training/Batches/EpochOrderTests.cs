using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training.Batches;

public sealed class EpochOrderTests
{
    [TestCase(1, 1)]
    [TestCase(10, 3)]
    [TestCase(12, 4)]
    [TestCase(5, 8)]
    public void Every_epoch_takes_every_example_once(int examples, int perStep)
    {
        EpochOrder order = new(examples, perStep, seed: 3);

        for (int epoch = 0; epoch < 3; epoch++)
        {
            int[] taken = Epoch(order, epoch);
            Assert.That(taken, Is.EquivalentTo(Enumerable.Range(0, examples)));
        }
    }

    [Test]
    public void The_last_step_of_an_epoch_takes_what_is_left()
    {
        EpochOrder order = new(10, 4, seed: 1);

        Assert.That(order.StepsPerEpoch, Is.EqualTo(3));
        Assert.That(Enumerable.Range(0, 6)
            .Select(s => order.ExamplesOf(s).Length), Is.EqualTo(new[] { 4, 4, 2, 4, 4, 2 }));
    }

    [Test]
    public void Examples_of_a_group_stay_together_in_their_order()
    {
        EpochOrder order = new(12, 6, seed: 1, groupSize: 3);
        int[][] groups = [.. Epoch(order, 0).Chunk(3)];

        Assert.That(order.StepsPerEpoch, Is.EqualTo(2));
        Assert.That(groups.Select(group => group[0]), Is.EquivalentTo(new[] { 0, 3, 6, 9 }));
        Assert.That(groups.All(group => group[1] == group[0] + 1 && group[2] == group[0] + 2));
        Assert.That(groups.Select(group => group[0]), Is.Not.Ordered);
    }

    [Test]
    public void Epochs_and_seeds_have_orders_of_their_own()
    {
        EpochOrder order = new(100, 100, seed: 1);
        int[] first = Epoch(order, 0);

        Assert.That(first, Is.Not.EqualTo(Enumerable.Range(0, 100)));
        Assert.That(Epoch(order, 1), Is.Not.EqualTo(first));
        Assert.That(Epoch(new EpochOrder(100, 100, seed: 2), 0), Is.Not.EqualTo(first));
    }

    [Test]
    public void The_step_alone_decides_so_a_run_can_begin_anywhere()
    {
        EpochOrder straight = new(10, 3, seed: 9);
        int[][] steps = [.. Enumerable.Range(0, 20).Select(s => straight.ExamplesOf(s).ToArray())];

        foreach (int step in new[] { 19, 2, 7, 7, 0 })
        {
            Assert.That(new EpochOrder(10, 3, seed: 9).ExamplesOf(step).ToArray(), Is.EqualTo(steps[step]));
            Assert.That(straight.ExamplesOf(step).ToArray(), Is.EqualTo(steps[step]));
        }
    }

    [Test]
    public void A_step_larger_than_any_data_set_takes_all_of_it()
    {
        EpochOrder order = new(7, int.MaxValue, seed: 1);

        Assert.That(order.StepsPerEpoch, Is.EqualTo(1));
        Assert.That(order.ExamplesOf(0).Length, Is.EqualTo(7));
    }

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    public void Nothing_to_take_is_refused(int examples, int perStep) =>
        Assert.That(() => new EpochOrder(examples, perStep, 1), Throws.TypeOf<ArgumentOutOfRangeException>());

    private static int[] Epoch(EpochOrder order, int epoch) =>
        [.. Enumerable.Range(epoch * order.StepsPerEpoch, order.StepsPerEpoch).SelectMany(
            s => order.ExamplesOf(s).ToArray())];
}
