using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

public sealed class GroupTests
{
    private static readonly double[][] Groups = [[1, 2, 3], [2, 4, 9], [6, 5, 7]];

    [Test]
    public void Variance_analysis_of_two_groups_is_the_square_of_Students_t()
    {
        VarianceAnalysis anova = VarianceAnalysis.Of([[1, 2, 4], [3, 5, 7, 9]]);
        TTest test = TTest.Student([1, 2, 4], [3, 5, 7, 9]);
        Assert.That(anova.F, Is.EqualTo(test.T * test.T).Within(1e-12));
        Assert.That(anova.P, Is.EqualTo(test.P).Within(1e-13));
        Assert.That((anova.Between, anova.Within), Is.EqualTo((1, 5)));
    }

    [Test]
    public void Variance_analysis_by_hand()
    {
        // Means 2, 5, 6 about 13 / 3: between 26; within 2 + 26 + 2 = 30.
        VarianceAnalysis anova = VarianceAnalysis.Of(Groups);
        Assert.That(anova.F, Is.EqualTo(26 / 2.0 / (30 / 6.0)).Within(1e-13));
        // With two degrees above, the tail has the closed form (1 + 2 F / d)^(-d / 2).
        Assert.That(anova.P, Is.EqualTo(Math.Pow(1 + (2 * anova.F / 6), -3)).Within(1e-14));
    }

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
    public void Kruskal_by_hand_with_ties()
    {
        // Ranks 1, 2.5, 4 | 2.5, 5, 9 | 7, 6, 8: sums 7.5, 16.5, 21.
        double plain = (12 / 90.0 * ((7.5 * 7.5) + (16.5 * 16.5) + (21 * 21)) / 3) - 30;
        Assert.That(GroupRankTest.KruskalWallis(Groups).ChiSquared,
            Is.EqualTo(plain / (1 - (6 / 720.0))).Within(1e-12));
    }

    [Test]
    public void Groups_that_are_all_alike_have_p_1_and_say_so()
    {
        double[][] same = [[3, 3], [3, 3], [3, 3]];
        Assert.That((VarianceAnalysis.Of(same).P, VarianceAnalysis.Of(same).Note),
            Is.EqualTo((1.0, "all values are equal")));
        Assert.That((GroupRankTest.Friedman(same).P, GroupRankTest.Friedman(same).Note),
            Is.EqualTo((1.0, "all values are equal")));
        Assert.That(GroupRankTest.KruskalWallis(same).P, Is.EqualTo(1));
    }

    [Test]
    public void Groups_without_spread_that_differ_are_no_analysis() =>
        Assert.That(VarianceAnalysis.Of([[1, 1], [2, 2]]).P, Is.NaN);

    [Test]
    public void Too_few_groups_or_values_are_refused()
    {
        Assert.That(() => GroupRankTest.Friedman([[1, 2], [2, 3]]),
            Throws.ArgumentException.With.Message.Contains("There are 2 groups; this test needs 3 or more."));
        Assert.That(() => GroupRankTest.Friedman([[1, 2], [2, 3], [1, 2, 3]]),
            Throws.ArgumentException.With.Message.Contains("found 2 and 3"));
        Assert.That(() => VarianceAnalysis.Of([[1, 2], [2]]),
            Throws.ArgumentException.With.Message.Contains("no spread, no test"));
    }

    [Test]
    public void Corrections_keep_order_and_never_pass_1()
    {
        double[] p = [0.6, 0.01, 0.6, 0.02];
        Assert.That(MultipleTests.Holm(p), Is.EqualTo(new[] { 1, 0.04, 1, 0.06 }).Within(1e-15));
        Assert.That(MultipleTests.Bonferroni(p), Is.EqualTo(new[] { 1, 0.04, 1, 0.08 }).Within(1e-15));
        Assert.That(MultipleTests.BenjaminiHochberg(p), Is.EqualTo(new[] { 0.6, 0.04, 0.6, 0.04 }).Within(1e-15));
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
