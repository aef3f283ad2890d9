using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

/// <summary>What must not change a test.</summary>
public sealed class InvarianceTests
{
    private static readonly double[] A = [0.81, 0.84, 0.79, 0.86, 0.80, 0.83];
    private static readonly double[] B = [0.83, 0.85, 0.84, 0.85, 0.83, 0.88];

    [Test]
    public void Percent_or_share_gives_the_same_tests()
    {
        (double[] a, double[] b) = (Percent(A), Percent(B));
        Assert.That(TTest.Paired(a, b).P, Is.EqualTo(TTest.Paired(A, B).P).Within(1e-12));
        Assert.That(TTest.Welch(a, b).P, Is.EqualTo(TTest.Welch(A, B).P).Within(1e-12));
        Assert.That(EffectSize.PairedD(a, b), Is.EqualTo(EffectSize.PairedD(A, B)).Within(1e-12));
        Assert.That(EffectSize.HedgesG(a, b), Is.EqualTo(EffectSize.HedgesG(A, B)).Within(1e-12));
        MeanDifference share = MeanDifference.Paired(A, B), percent = MeanDifference.Paired(a, b);
        Assert.That((percent.Lower, percent.Upper),
            Is.EqualTo((100 * share.Lower, 100 * share.Upper)).Within(1e-11));

        static double[] Percent(double[] shares) => [.. shares.Select(share => 100 * share)];
    }

    [Test]
    public void The_order_of_pairs_means_nothing()
    {
        int[] order = [3, 0, 5, 1, 4, 2];
        (double[] a, double[] b) = ([.. order.Select(i => A[i])], [.. order.Select(i => B[i])]);
        Comparison given = Comparison.Paired("b", B, "a", A), mixed = Comparison.Paired("b", b, "a", a);
        Assert.That(mixed.T.P, Is.EqualTo(given.T.P).Within(1e-12));
        Assert.That(mixed.Ranks, Is.EqualTo(given.Ranks));
        Assert.That(mixed.SmallestDetectable, Is.EqualTo(given.SmallestDetectable).Within(1e-12));
    }

    [Test]
    public void Exchanging_method_and_baseline_turns_signs_and_verdicts_over()
    {
        double[] better = [.. A.Select((score, i) => score + 0.05 + (0.001 * i))];
        Comparison there = Comparison.Paired("x", better, "y", A), back = Comparison.Paired("y", A, "x", better);
        Assert.That((there.VerdictInWords, back.VerdictInWords), Is.EqualTo(("higher", "lower")));
        Assert.That(back.T.T, Is.EqualTo(-there.T.T).Within(1e-10));
        Assert.That(back.EffectSize, Is.EqualTo(-there.EffectSize).Within(1e-10));
        Assert.That((back.Difference.Lower, back.Difference.Upper),
            Is.EqualTo((-there.Difference.Upper, -there.Difference.Lower)).Within(1e-12));
    }

    [Test]
    public void Rank_sums_see_nothing_but_the_order()
    {
        (double[] a, double[] b) = ([.. A.Select(Math.Exp)], [.. B.Select(Math.Exp)]);
        Assert.That(MannWhitney.Of(a, b), Is.EqualTo(MannWhitney.Of(A, B)));
        double[][] groups = [A, B, [.. A.Zip(B, (x, y) => x * y)]];
        double[][] stretched = [.. groups.Select(group => group.Select(Math.Exp).ToArray())];
        Assert.That(GroupRankTest.Friedman(stretched), Is.EqualTo(GroupRankTest.Friedman(groups)));
    }

    [Test]
    public void Differences_lose_their_rounding_and_nothing_else()
    {
        double[] first = [0.8, 0.3, 100.1], second = [0.9, 0.4, 100.2];
        double[] kept = PairedDifferences.Of(first, second);
        Assert.That(kept, Is.All.EqualTo(kept[0]));
        Assert.That(kept[0], Is.EqualTo(0.1).Within(1e-11));
        Assert.That(PairedDifferences.Of([0, 0], [0, 0]), Is.EqualTo(new double[2]));
        // A difference of one part in 10^10 is one.
        Assert.That(PairedDifferences.Of([1, 1], [1 + 1e-10, 1 + 2e-10]).Distinct().Count(),
            Is.EqualTo(2));
    }
}
