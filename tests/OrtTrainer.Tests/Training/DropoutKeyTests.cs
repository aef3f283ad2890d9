using OrtTrainer.Training;

namespace OrtTrainer.Tests.Training;

public sealed class DropoutKeyTests
{
    [Test]
    public void Seed_and_step_alone_decide()
    {
        DropoutKey first = DropoutKey.For(1, 1000);
        _ = DropoutKey.For(2, 5);

        Assert.That(DropoutKey.For(1, 1000), Is.EqualTo(first));
    }

    [Test]
    public void No_two_steps_or_seeds_share_a_key()
    {
        IEnumerable<DropoutKey> keys =
            from seed in new long[] { 0, 1, 2, -1, long.MaxValue }
            from step in Enumerable.Range(0, 2000)
            select DropoutKey.For(seed, step);

        Assert.That(keys.Distinct().Count(), Is.EqualTo(10_000));
    }

    [Test]
    public void Every_bit_is_set_in_about_half_of_the_keys()
    {
        DropoutKey[] keys = [.. Enumerable.Range(0, 4000).Select(step => DropoutKey.For(1, step))];
        for (int bit = 0; bit < 32; bit++)
        {
            // Six standard deviations of a fair coin.
            Assert.That(keys.Count(k => ((k.First >> bit) & 1) == 1), Is.InRange(1810, 2190));
            Assert.That(keys.Count(k => ((k.Second >> bit) & 1) == 1), Is.InRange(1810, 2190));
        }
    }
}
