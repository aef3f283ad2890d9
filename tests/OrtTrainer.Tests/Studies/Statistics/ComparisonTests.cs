using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

public sealed class ComparisonTests
{
    private static readonly double[] Baseline = [0.80, 0.82, 0.81, 0.79, 0.83];

    [Test]
    public void A_method_that_is_higher_with_every_seed_is_higher()
    {
        Comparison comparison = Comparison.Paired("swa", [0.83, 0.84, 0.845, 0.82, 0.86], "finetune", Baseline);
        Assert.That((comparison.Verdict, comparison.VerdictInWords), Is.EqualTo((Verdict.Higher, "higher")));
        Assert.That(comparison.Difference.Difference, Is.EqualTo(0.029).Within(1e-12));
        Assert.That(comparison.Difference.Lower, Is.GreaterThan(0));
        Assert.That(comparison.T.T, Is.GreaterThan(0), "the sign of the difference");
        Assert.That(comparison.EffectSize, Is.EqualTo(comparison.T.T / Math.Sqrt(5)).Within(1e-12));
        Assert.That((comparison.MethodRuns.Count, comparison.IsPaired), Is.EqualTo((5, true)));
    }

    [Test]
    public void A_method_that_is_lower_is_lower_paired_or_not()
    {
        double[] runs = [.. Baseline.Select((score, i) => score - 0.1 - (i * 0.001))];
        Comparison paired = Comparison.Paired("x", runs, "finetune", Baseline);
        Comparison unpaired = Comparison.Unpaired("x", runs[..4], "finetune", Baseline);
        Assert.That((paired.VerdictInWords, unpaired.VerdictInWords), Is.EqualTo(("lower", "lower")));
        Assert.That((paired.EffectSize, unpaired.EffectSize), Is.LessThan((0.0, 0.0)));
        Assert.That(unpaired.T, Is.EqualTo(TTest.Welch(runs.AsSpan(0, 4), Baseline)));
        Assert.That(unpaired.Ranks, Is.EqualTo(MannWhitney.Of(runs.AsSpan(0, 4), Baseline)));
    }

    [Test]
    public void Five_seeds_cannot_show_a_difference_by_ranks_and_the_notes_say_so()
    {
        Comparison comparison = Comparison.Paired("swa", [0.82, 0.80, 0.83, 0.80, 0.84], "finetune", Baseline);
        Assert.That(comparison.VerdictInWords, Is.EqualTo("no difference shown"));
        Assert.That(comparison.Notes, Has.Some.EqualTo(
            "the Wilcoxon test of these 5 pairs cannot give p below 0.0625, whatever the difference"));
        Assert.That(comparison.Notes, Has.Some.StartsWith(
            "with 5 pairs of this spread, a t test finds a difference of "));
    }

    [Test]
    public void The_smallest_detectable_difference_is_the_effect_of_80_percent_power_in_the_metrics_unit()
    {
        double[] runs = [0.81, 0.80, 0.83, 0.80, 0.85];
        double[] differences = [.. runs.Zip(Baseline, (a, b) => a - b)];
        double mean = differences.Average();
        double deviation = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / 4);
        Comparison comparison = Comparison.Paired("swa", runs, "finetune", Baseline);
        Assert.That(TestPower.Paired(comparison.SmallestDetectable / deviation, 5), Is.EqualTo(0.8).Within(1e-6));
    }

    [Test]
    public void Holm_turns_a_difference_into_none_where_many_were_tested()
    {
        Comparison[] alone = [.. Enumerable.Range(0, 10).Select(i => Comparison.Paired(
            $"m{i}", [0.815, 0.83, 0.815, 0.80, 0.85], "finetune", Baseline))];
        Assert.That(alone[0].T.P, Is.LessThan(0.05).And.GreaterThan(0.005));
        Assert.That(alone[0].VerdictInWords, Is.EqualTo("higher"));

        IReadOnlyList<Comparison> family = ComparisonFamily.Of(alone);
        Assert.That(family.Select(c => c.HolmP),
            Is.All.EqualTo(Math.Min(1, 10 * alone[0].T.P)).Within(1e-15));
        Assert.That(family.Select(c => c.VerdictInWords), Is.All.EqualTo("no difference shown"));
        Assert.That(family[3].FamilySize, Is.EqualTo(10));
    }

    [Test]
    public void Equal_runs_are_no_difference_and_have_nothing_to_detect()
    {
        Comparison comparison = Comparison.Paired("swa", Baseline, "finetune", Baseline);
        Assert.That((comparison.HolmP, comparison.EffectSize, comparison.SmallestDetectable),
            Is.EqualTo((1.0, 0.0, 0.0)));
        Assert.That(comparison.Notes, Has.Some.EqualTo("all differences are zero"));
    }

    [Test]
    public void The_same_step_in_every_pair_is_not_taken_for_certainty()
    {
        Comparison comparison = Comparison.Paired("swa", [.. Baseline.Select(score => score + 0.01)], "ft", Baseline);
        Assert.That(comparison.T.P, Is.NaN);
        Assert.That((comparison.HolmP, comparison.VerdictInWords), Is.EqualTo((1.0, "no difference shown")));
        Assert.That(ComparisonFamily.Of([comparison])[0].HolmP, Is.EqualTo(1));
    }

    [Test]
    public void Differences_that_are_equal_but_for_rounding_share_their_rank()
    {
        // Three differences of 0.1 that binary fractions make three different numbers, and a larger one.
        Comparison comparison = Comparison.Paired("a", [0.9, 0.4, 0.3, 0.9], "b", [0.8, 0.3, 0.4, 0.1]);
        Assert.That(comparison.Ranks.Distribution, Is.EqualTo(NullDistribution.ExactWithTies));
        Assert.That(comparison.Ranks.Statistic, Is.EqualTo(2));
    }

    [Test]
    public void One_seed_is_refused() =>
        Assert.That(() => Comparison.Paired("swa", [0.9], "finetune", [0.8]),
            Throws.ArgumentException.With.Message.Contains("one run per method: no spread, no test"));

    [Test]
    public void Hedges_g_is_cohens_d_less_its_bias()
    {
        // Means 2 and 4, pooled deviation 1; with 4 degrees the factor is gamma(2) / (sqrt(2) gamma(1.5)).
        double factor = 1 / (Math.Sqrt(2) * Math.Sqrt(Math.PI) / 2);
        Assert.That(EffectSize.HedgesG([1, 2, 3], [3, 4, 5]), Is.EqualTo(2 * factor).Within(1e-13));
    }
}
