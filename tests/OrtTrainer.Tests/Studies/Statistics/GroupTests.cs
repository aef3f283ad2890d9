using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

public sealed class GroupTests
{
    private static readonly double[][] Groups = [[1, 2, 3], [2, 4, 9], [6, 5, 7]];

    [Test]
    public void Friedman_by_hand_without_and_with_ties()
    {
        // Ranks by block: (1, 2, 3), (1, 2, 3), (1, 3, 2): sums 3, 7, 8; 12 / 36 * 122 - 36 = 14 / 3.
        GroupRankTest plain = GroupRankTest.Friedman(Groups);
        Assert.That(plain.ChiSquared, Is.EqualTo(14 / 3.0).Within(1e-13));
        Assert.That(plain.P, Is.EqualTo(Math.Exp(-7 / 3.0)).Within(1e-14), "two degrees: an exponential");

        // The last block becomes a tie of three: sums 4, 6, 8, 12 / 36 * 116 - 36 = 8 / 3, divided by 1 - 24 / 72.
        GroupRankTest tied = GroupRankTest.Friedman([[1, 2, 5], [2, 4, 5], [6, 5, 5]]);
        Assert.That(tied.ChiSquared, Is.EqualTo(4).Within(1e-13));
    }

    [Test]
    public void Groups_that_are_all_alike_have_p_1_and_say_so()
    {
        double[][] same = [[3, 3], [3, 3], [3, 3]];
        Assert.That((GroupRankTest.Friedman(same).P, GroupRankTest.Friedman(same).Note),
            Is.EqualTo((1.0, "all values are equal")));
    }

    [Test]
    public void Too_few_groups_or_values_are_refused()
    {
        Assert.That(() => GroupRankTest.Friedman([[1, 2], [2, 3]]),
            Throws.ArgumentException.With.Message.Contains("There are 2 groups; this test needs 3 or more."));
        Assert.That(() => GroupRankTest.Friedman([[1, 2], [2, 3], [1, 2, 3]]),
            Throws.ArgumentException.With.Message.Contains("found 2 and 3"));
        Assert.That(() => GroupRankTest.Friedman([[1, 2], [2, 3], [2]]),
            Throws.ArgumentException.With.Message.Contains("no spread, no test"));
    }

    [Test]
    public void Corrections_keep_order_and_never_pass_1()
    {
        double[] p = [0.6, 0.01, 0.6, 0.02];
        Assert.That(MultipleTests.Holm(p), Is.EqualTo(new[] { 1, 0.04, 1, 0.06 }).Within(1e-15));
        Assert.That(MultipleTests.Holm([]), Is.Empty);
        Assert.That(() => MultipleTests.Holm([0.1, double.NaN]),
            Throws.ArgumentException.With.Message.Contains("p[1] is NaN"));
    }

    [TestCase(0, 0, 1)]
    [TestCase(4, 4, 1)]
    [TestCase(0, 3, 2 / 8.0)]
    [TestCase(2, 5, 2 * (1 + 7 + 21) / 128.0)]
    [TestCase(5, 2, 2 * (1 + 7 + 21) / 128.0)]
    public void McNemar_counts_throws_of_a_fair_coin(int first, int second, double expected) =>
        Assert.That(McNemar.Of(first, second).P, Is.EqualTo(expected).Within(1e-13));

    [Test]
    public void McNemar_keeps_its_digits_in_large_tables()
    {
        // The largest term of the tail times the sum of ratios of neighbours, in logarithms.
        const int Fewer = 900, All = 2100;
        double log = -All * Math.Log(2), sum = 0, term = 1;
        for (int i = 1; i <= Fewer; i++)
        {
            log += Math.Log((All - Fewer + i) / (double)i);
        }

        for (int k = Fewer; k >= 0; k--)
        {
            sum += term;
            term *= k / (double)(All - k + 1);
        }

        double expected = 2 * Math.Exp(log) * sum;
        Assert.That(McNemar.Of(Fewer, All - Fewer).P, Is.EqualTo(expected).Within(expected * 1e-9));
    }

    [Test]
    public void McNemar_of_models_that_agree_says_so() =>
        Assert.That(McNemar.Of(0, 0).Note, Is.EqualTo("the models are right on the same examples"));
}
