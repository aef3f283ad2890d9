using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

/// <summary>Rank tests against an enumeration of every arrangement.</summary>
public sealed class RankTestTests
{
    [Test]
    public void Five_pairs_that_all_agree_reach_one_sixteenth_and_no_less()
    {
        RankTest test = WilcoxonSignedRank.Of([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]);
        Assert.That((test.Statistic, test.P, test.LeastP), Is.EqualTo((0.0, 0.0625, 0.0625)));
    }

    [Test]
    public void Signed_ranks_with_ties_and_zeros_are_those_of_every_sign_pattern(
        [Values(1, 2, 3, 4, 5, 6, 7, 8)] int seed)
    {
        Random random = new(seed);
        double[] differences = [.. Enumerable.Range(0, 9).Select(_ => (double)random.Next(-3, 5))];
        RankTest test = WilcoxonSignedRank.Of(new double[9], differences);
        double[] ranks = Midranks([.. differences.Where(d => d != 0).Select(Math.Abs)]);
        double[] sums = [.. Enumerable.Range(0, 1 << ranks.Length)
            .Select(signs => ranks.Where((_, i) => (signs >> i & 1) == 1).Sum())];
        double half = ranks.Sum() / 2;
        double expected = sums.Count(sum => Math.Abs(sum - half) >= Math.Abs(test.Statistic - half) - 1e-9)
            / (double)sums.Length;
        Assert.That(test.P, Is.EqualTo(expected).Within(1e-14));
        Assert.That(test.Distribution, Is.EqualTo(NullDistribution.ExactWithTies));
        Assert.That(test.Note, differences.Contains(0) ? Does.Contain("are zero and left out") : Is.Null);
    }

    [Test]
    public void Rank_sums_with_ties_are_those_of_every_division([Values(1, 2, 3, 4, 5, 6)] int seed)
    {
        Random random = new(seed);
        double[] values = [.. Enumerable.Range(0, 9).Select(_ => (double)random.Next(0, 6))];
        RankTest test = MannWhitney.Of(values.AsSpan(0, 4), values.AsSpan(4));
        double[] ranks = Midranks(values);
        double[] sums = [.. Enumerable.Range(0, 1 << 9).Where(set => int.PopCount(set) == 4)
            .Select(set => ranks.Where((_, i) => (set >> i & 1) == 1).Sum())];
        double observed = ranks.Take(4).Sum();
        double below = sums.Count(sum => sum <= observed) / 126.0, above = sums.Count(sum => sum >= observed) / 126.0;
        Assert.That(sums, Has.Length.EqualTo(126));
        Assert.That(test.P, Is.EqualTo(Math.Min(1, 2 * Math.Min(below, above))).Within(1e-14));
        Assert.That(test.Statistic, Is.EqualTo(Pairs(values[..4], values[4..])));
    }

    [Test]
    public void Five_runs_against_five_reach_two_in_252()
    {
        RankTest test = MannWhitney.Of([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]);
        Assert.That((test.Statistic, test.P), Is.EqualTo((0.0, 2 / 252.0)).Within(1e-15));
        Assert.That(test.LeastP, Is.EqualTo(test.P).Within(1e-15));
    }

    [Test]
    public void Nothing_but_zeros_has_p_1_and_says_so()
    {
        Assert.That(WilcoxonSignedRank.Of([1, 2], [1, 2]),
            Is.EqualTo(new RankTest(0, 1, NullDistribution.Exact, 1, "all differences are zero")));
        Assert.That(MannWhitney.Of([1, 1], [1, 1]).P, Is.EqualTo(1));
    }

    [Test]
    public void Large_samples_take_the_normal_distribution_and_say_so()
    {
        Random random = new(1);
        double[] differences = [.. Enumerable.Range(0, WilcoxonSignedRank.ExactLimit + 1)
            .Select(_ => random.NextDouble() - 0.45)];
        RankTest large = WilcoxonSignedRank.Of(new double[differences.Length], differences);
        RankTest exact = WilcoxonSignedRank.Of(new double[differences.Length - 1], differences.AsSpan(1));
        Assert.That(large.Distribution, Is.EqualTo(NullDistribution.NormalApproximation));
        Assert.That(exact.Distribution, Is.EqualTo(NullDistribution.Exact));
        Assert.That(large.P, Is.EqualTo(exact.P).Within(0.02), "one difference more or less changes little");

        double[] first = [.. differences.Take(60)], second = [.. differences.Skip(60).Take(60)];
        RankTest sums = MannWhitney.Of(first, second);
        Assert.That(sums.Distribution, Is.EqualTo(NullDistribution.NormalApproximation));
        Assert.That(MannWhitney.Of(first[..50], second[..50]).Distribution, Is.EqualTo(NullDistribution.Exact));
        // Welch's test of uniform values is close to the rank test.
        Assert.That(sums.P, Is.EqualTo(TTest.Welch(first, second).P).Within(0.05));
    }

    [Test]
    public void Exchanging_the_samples_changes_no_p()
    {
        (double[] a, double[] b) = ([1, 4, 2, 8], [3, 5, 9, 7]);
        Assert.That(WilcoxonSignedRank.Of(a, b).P, Is.EqualTo(WilcoxonSignedRank.Of(b, a).P));
        Assert.That(MannWhitney.Of(a, b).P, Is.EqualTo(MannWhitney.Of(b, a).P).Within(1e-15));
        Assert.That(MannWhitney.Of(a, b).Statistic + MannWhitney.Of(b, a).Statistic, Is.EqualTo(16));
    }

    // Defined by counting, not by sorting.
    private static double[] Midranks(double[] values) =>
        [.. values.Select(value => values.Count(v => v < value) + ((values.Count(v => v == value) + 1) / 2.0))];

    private static double Pairs(double[] first, double[] second) =>
        first.Sum(a => second.Sum(b => a > b ? 1 : a == b ? 0.5 : 0));
}
