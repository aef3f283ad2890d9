using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training.Averaging;

internal class AveragingRuleTests
{
    public static IEnumerable<AveragingRule> Rules() =>
        [new EqualShares(), new ExponentialDecay()];

    [TestCaseSource(nameof(Rules))]
    public void The_first_update_copies_and_later_shares_fall(AveragingRule rule)
    {
        var shares = Enumerable.Range(0, 1000).Select(n => rule.ShareAt(n)).ToArray();
        Assert.That(shares[0], Is.EqualTo(1));
        Assert.That(shares, Is.Ordered.Descending);
        Assert.That(shares, Is.All.InRange(0, 1));
    }

    [Test]
    public void Equal_shares_weigh_all_weights_the_same()
    {
        // The share of the k-th weights in the end is their share when they came, times what later ones left.
        var rule = new EqualShares();
        for (var k = 0; k < 10; k++)
        {
            var weight = rule.ShareAt(k);
            for (var later = k + 1; later < 10; later++)
            {
                weight *= 1 - rule.ShareAt(later);
            }

            Assert.That(weight, Is.EqualTo(0.1).Within(1e-15));
        }
    }

    [Test]
    public void A_constant_decay_halves_in_its_half_life()
    {
        var rule = new ExponentialDecay { Decay = Math.Pow(0.5, 1.0 / 7) };
        var left = Enumerable.Range(1, 7).Aggregate(1.0, (kept, n) => kept * (1 - rule.ShareAt(n)));
        Assert.That(left, Is.EqualTo(0.5).Within(1e-12));
    }

    [Test]
    public void Settings_out_of_range_are_named()
    {
        void Refuses(Func<object> make, string message) =>
            Assert.That(make, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith(message));

        Refuses(() => new ExponentialDecay { Decay = 1 }, "Decay is 1; expected from 0 to below 1.");
        Assert.That(() => new WeightedShares([1, -1]), Throws.ArgumentException.With.Message.StartsWith(
            "Weights is 1,-1; expected numbers of 0 or more, one of them above 0."));
        Assert.That(() => new WeightedShares([0, 0]), Throws.ArgumentException);
        Refuses(() => new AveragingPlan { TotalSteps = 0 }, "TotalSteps is 0; expected 1 or more.");
        Refuses(() => new AveragingPlan { TotalSteps = 5, Interval = 0 }, "Interval is 0; expected 1 or more.");
        Assert.That(() => new EqualShares().ShareAt(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
