using OrtTrainer.Randomness;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training.Batches;

public sealed class LengthWindowsTests
{
    private const int Batch = 4;

    [TestCase(1, 2)]
    [TestCase(4, 2)]
    [TestCase(23, 3)]
    [TestCase(64, 4)]
    [TestCase(65, 100)]
    [TestCase(97, int.MaxValue)]
    public void Every_epoch_takes_every_example_once(int examples, int batches)
    {
        EpochOrder order = Order(Lengths(examples), batches, seed: 3);

        for (int epoch = 0; epoch < 3; epoch++)
        {
            int[][] steps = Steps(order, epoch);
            Assert.That(steps.SelectMany(step => step), Is.EquivalentTo(Enumerable.Range(0, examples)));
            Assert.That(steps[..^1].All(step => step.Length == Batch));
        }
    }

    [Test]
    public void A_window_has_the_examples_of_the_random_order_in_batches_of_neighboring_lengths()
    {
        int[] lengths = Lengths(90);
        EpochOrder random = new(90, Batch, seed: 5);
        EpochOrder order = Order(lengths, batches: 3, seed: 5);
        int[] expected = [.. Steps(random, 1).SelectMany(step => step)];
        int[] taken = [.. Steps(order, 1).SelectMany(step => step)];

        foreach ((int[] before, int[] after) in expected.Chunk(3 * Batch).Zip(taken.Chunk(3 * Batch)))
        {
            Assert.That(after, Is.EquivalentTo(before));
            int[][] batches = [.. after.Chunk(Batch).Select(batch => batch.Select(i => lengths[i]).ToArray())];
            Assert.That(batches.OrderBy(batch => batch[0]).ThenBy(batch => batch[^1]).SelectMany(batch => batch),
                Is.EqualTo(before.Select(i => lengths[i]).Order()));
        }
    }

    [Test]
    public void Lengths_within_a_batch_are_closer_the_wider_the_window()
    {
        int[] lengths = Lengths(400);
        double any = Spread(new EpochOrder(400, Batch, seed: 1));
        double narrow = Spread(Order(lengths, 4, seed: 1));
        double wide = Spread(Order(lengths, 50, seed: 1));

        Assert.That(narrow, Is.LessThan(0.5 * any));
        Assert.That(wide, Is.LessThan(0.5 * narrow));

        double Spread(EpochOrder order) =>
            Steps(order, 0).Average(step => step.Max(i => lengths[i]) - step.Min(i => lengths[i]));
    }

    [Test]
    public void Batches_come_in_an_order_of_the_seed_and_epoch_alone()
    {
        int[] lengths = [.. Enumerable.Range(0, 200)];
        EpochOrder order = Order(lengths, 50, seed: 1);
        int[] first = Ranks(order, 0);

        Assert.That(first, Is.EquivalentTo(Enumerable.Range(0, 50)));
        Assert.That(first, Is.Not.Ordered);
        Assert.That(Ranks(order, 1), Is.Not.EqualTo(first));
        Assert.That(Ranks(Order(lengths, 50, seed: 2), 0), Is.Not.EqualTo(first));
        Assert.That(Ranks(order, 0), Is.EqualTo(first), "after another epoch");
        Assert.That(Ranks(Order(lengths, 50, seed: 1), 0), Is.EqualTo(first));

        // One window holds all, so that batch n has lengths 4n to 4n + 3.
        static int[] Ranks(EpochOrder order, int epoch) => [.. Steps(order, epoch).Select(step => step[0] / Batch)];
    }

    [Test]
    public void The_batch_of_what_is_left_over_is_of_any_length()
    {
        int[] lengths = [.. Enumerable.Range(0, 41)];
        EpochOrder order = Order(lengths, 100, seed: 1);

        int[] lefts = [.. Enumerable.Range(0, 200).Select(epoch => Steps(order, epoch)[^1].Single())];

        // 0, 4, 8 to 40, each about 18 times of 200.
        Assert.That(lefts.Distinct(), Is.EquivalentTo(Enumerable.Range(0, 11).Select(rank => Batch * rank)));
        Assert.That(lefts.CountBy(left => left).Max(count => count.Value), Is.LessThan(40));
    }

    [Test]
    public void Examples_of_one_length_keep_their_random_order()
    {
        int[] before = [.. Enumerable.Range(0, 8)];
        new SeededRandom(4).Shuffle(before);
        int[] after = [.. before];

        new LengthWindows(new int[8], Batch, 2).Arrange(after, new SeededRandom(1));

        Assert.That(after.Chunk(Batch), Is.EquivalentTo(before.Chunk(Batch)));
    }

    [Test]
    public void Texts_of_a_group_stay_together_and_are_as_long_as_their_sum()
    {
        // Pairs of 5, 9, 3 and 12 tokens.
        int[] lengths = [1, 4, 2, 7, 2, 1, 6, 6];
        TokenizedExample[] examples = [.. lengths.Select(n => new TokenizedExample(new int[n], new int[n]))];
        LengthWindows windows = LengthWindows.Of(examples, groupSize: 2, batchSize: 2, batches: 2);
        EpochOrder order = new(8, 4, seed: 1, groupSize: 2, windows);

        Assert.That(Steps(order, 0), Is.EquivalentTo(new int[][] { [4, 5, 0, 1], [2, 3, 6, 7] }));
    }

    [TestCase(0, 2)]
    [TestCase(4, 0)]
    public void Nothing_to_cut_is_refused(int batchSize, int batches) => Assert.That(
        () => new LengthWindows([1], batchSize, batches), Throws.TypeOf<ArgumentOutOfRangeException>());

    private static EpochOrder Order(int[] lengths, int batches, long seed) =>
        new(lengths.Length, Batch, seed, windows: new LengthWindows(lengths, Batch, batches));

    private static int[][] Steps(EpochOrder order, int epoch) =>
    [
        .. Enumerable.Range(0, order.StepsPerEpoch)
            .Select(step => order.ExamplesOf(((long)epoch * order.StepsPerEpoch) + step).ToArray()),
    ];

    private static int[] Lengths(int examples)
    {
        SeededRandom random = new(11);
        return [.. Enumerable.Range(0, examples).Select(_ => 3 + random.NextInt(100))];
    }
}
