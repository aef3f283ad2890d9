using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

/// <summary>How often tests and intervals are wrong where the truth is known.</summary>
public sealed class FalseAlarmTests
{
    private const int Studies = 4000;

    // Four standard errors of a share of 0.05 in so many studies.
    private const double Margin = 0.014;

    [Test]
    public void Paired_t_is_wrong_as_often_as_its_level() =>
        Assert.That(Share(6, 6, (a, b) => TTest.Paired(a, b).P <= 0.05), Is.EqualTo(0.05).Within(Margin));

    [Test]
    public void Student_is_wrong_as_often_as_its_level() =>
        Assert.That(Share(4, 7, (a, b) => TTest.Student(a, b).P <= 0.05), Is.EqualTo(0.05).Within(Margin));

    [Test]
    public void Welch_stays_near_its_level_where_variances_differ_and_Student_does_not()
    {
        double welch = Share(4, 12, (a, b) => TTest.Welch(Wider(a), b).P <= 0.05);
        double student = Share(4, 12, (a, b) => TTest.Student(Wider(a), b).P <= 0.05);
        Assert.That(welch, Is.EqualTo(0.05).Within(Margin + 0.01));
        Assert.That(student, Is.GreaterThan(0.15));

        static double[] Wider(double[] values) => [.. values.Select(value => 5 * value)];
    }

    [Test]
    public void Signed_ranks_are_wrong_as_often_as_the_largest_attainable_level()
    {
        double five = Share(5, 5, (a, b) => WilcoxonSignedRank.Of(a, b).P <= 0.05);
        Assert.That(five, Is.Zero, "five pairs never get there");
        Assert.That(Share(6, 6, (a, b) => WilcoxonSignedRank.Of(a, b).P <= 0.05),
            Is.EqualTo(2 / 64.0).Within(Margin));
    }

    [Test]
    public void Rank_sums_are_wrong_as_often_as_the_largest_attainable_level() =>
        // Of 252 divisions, U of 0, 1 and 2 on either side: 1 + 1 + 2 each.
        Assert.That(Share(5, 5, (a, b) => MannWhitney.Of(a, b).P <= 0.05),
            Is.EqualTo(8 / 252.0).Within(Margin));

    [Test]
    public void Intervals_hold_the_truth_as_often_as_they_say()
    {
        double paired = Share(5, 5, (a, b) => Holds(MeanDifference.Paired(a, b)));
        double welch = Share(5, 8, (a, b) => Holds(MeanDifference.Welch(a, b, 0.8)));
        Assert.That(paired, Is.EqualTo(0.95).Within(Margin));
        Assert.That(welch, Is.EqualTo(0.8).Within(0.03));

        static bool Holds(MeanDifference interval) => interval.Lower <= 0 && interval.Upper >= 0;
    }

    [Test]
    public void A_family_corrected_by_Holm_is_wrong_at_all_no_more_often_than_the_level()
    {
        // Eight methods that are all as good as the baseline.
        Random random = new(11);
        int alarms = 0, uncorrected = 0;
        for (int study = 0; study < 1000; study++)
        {
            double[] baseline = Normals(random, 5);
            IReadOnlyList<Comparison> family = ComparisonFamily.Of(Enumerable.Range(0, 8)
                .Select(i => Comparison.Unpaired($"m{i}", Normals(random, 5), "finetune", baseline)));
            alarms += family.Any(c => c.Verdict != Verdict.NoDifferenceShown) ? 1 : 0;
            uncorrected += family.Any(c => c.T.P <= 0.05) ? 1 : 0;
        }

        Assert.That(alarms / 1000.0, Is.LessThanOrEqualTo(0.05 + 0.028));
        Assert.That(uncorrected / 1000.0, Is.GreaterThan(0.12), "without a correction every few studies err");
    }

    private static double Share(int first, int second, Func<double[], double[], bool> happens)
    {
        Random random = new(7);
        int count = 0;
        for (int study = 0; study < Studies; study++)
        {
            count += happens(Normals(random, first), Normals(random, second)) ? 1 : 0;
        }

        return count / (double)Studies;
    }

    private static double[] Normals(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
}
