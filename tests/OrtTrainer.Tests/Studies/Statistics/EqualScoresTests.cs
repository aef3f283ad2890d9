using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

/// <summary>0.1 + 0.2 is 0.30000000000000004 in binary, and no test may take it for another score than 0.3.</summary>
public sealed class EqualScoresTests
{
    private const double Sum = 0.1 + 0.2;

    [Test]
    public void Values_equal_up_to_rounding_become_one_and_others_keep_all_their_digits()
    {
        double[] merged = EqualScores.Of([Sum, 0.3, 1.0 / 3, 0.3 + 1e-9]);
        Assert.That(merged[0], Is.EqualTo(merged[1]));
        Assert.That(merged[2..], Is.EqualTo(new[] { 1.0 / 3, 0.3 + 1e-9 }));
    }

    [Test]
    public void No_boundary_of_a_grid_lies_between_equal_values([Range(0, 63)] int sixtyFourths)
    {
        double value = 0.5 + Math.ScaleB(sixtyFourths, -51);
        double[] merged = EqualScores.Of([1, value, Math.BitIncrement(value)]);
        Assert.That(merged[1], Is.EqualTo(merged[2]));
    }

    [Test]
    public void Differences_are_of_one_size_whatever_their_sign_and_noise_is_zero()
    {
        double[] differences = EqualScores.Differences([0.3, 0.9, 0.3, 0.5], [0.4, 0.8, Sum, 0.6]);
        Assert.That(differences[0], Is.EqualTo(0.1).Within(1e-15));
        Assert.That(differences[1], Is.EqualTo(-differences[0]));
        Assert.That((differences[2], differences[3]), Is.EqualTo((0.0, differences[0])));
    }

    [Test]
    public void A_t_test_of_independent_samples_finds_no_spread_in_rounding()
    {
        foreach (TTest test in new[] { TTest.Welch([Sum, 0.3, 0.3], [0.4, 0.4, 0.4]),
            TTest.Student([Sum, 0.3, 0.3], [0.4, 0.4, 0.4]) })
        {
            Assert.That(test.P, Is.NaN);
            Assert.That(test.Note, Does.Contain("without spread"));
        }

        Assert.That(TTest.Welch([Sum, 0.3], [0.3, Sum]).P, Is.EqualTo(1));
        Assert.That(TTest.Student([Sum, Sum], [0.3, 0.3]).Note, Is.EqualTo("all differences are zero"));
    }

    [Test]
    public void Means_and_effects_of_samples_equal_up_to_rounding_are_equal()
    {
        Assert.That(EffectSize.HedgesG([Sum, Sum], [0.3, 0.3]), Is.Zero);
        Assert.That(EffectSize.HedgesG([Sum, 0.3], [0.4, 0.4]), Is.EqualTo(double.PositiveInfinity));
        MeanDifference none = MeanDifference.Welch([Sum, Sum], [0.3, 0.3]);
        Assert.That((none.Difference, none.Lower, none.Upper), Is.EqualTo((0.0, 0.0, 0.0)));
        Assert.That(SampleSummary.Of([Sum, 0.3, 0.3]).StandardDeviation, Is.Zero);
    }

    [Test]
    public void Rank_tests_tie_what_is_equal()
    {
        double[] exact = [0.3, 0.5, 0.7], other = [0.3, 0.6, 0.8], noisy = [Sum, 0.6, 0.8];
        Assert.That(MannWhitney.Of(exact, noisy), Is.EqualTo(MannWhitney.Of(exact, other)));
        Assert.That(MannWhitney.Of(exact, noisy).Distribution, Is.EqualTo(NullDistribution.ExactWithTies));
        double[] third = [0.2, 0.9, 0.1];
        Assert.That(GroupRankTest.Friedman([exact, noisy, third]),
            Is.EqualTo(GroupRankTest.Friedman([exact, other, third])));
        Assert.That(WilcoxonSignedRank.Of(exact, noisy), Is.EqualTo(WilcoxonSignedRank.Of(exact, other)));
    }

    [Test]
    public void No_verdict_comes_from_rounding()
    {
        double[] noisy = [Sum, 0.3, 0.3], higher = [0.4, 0.4, 0.4];
        Assert.That(Comparison.Unpaired("a", higher, "b", noisy).Verdict, Is.EqualTo(Verdict.NoDifferenceShown));
        Assert.That(Comparison.Paired("a", higher, "b", noisy).Verdict, Is.EqualTo(Verdict.NoDifferenceShown));
        Assert.That(Comparison.Paired("a", [0.3, 0.3, 0.3], "b", noisy).T.Note, Is.EqualTo("all differences are zero"));
    }
}
