using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

public sealed class StudentTests
{
    [Test]
    public void One_degree_of_freedom_is_the_Cauchy_distribution([Values(-30, -1, -0.1, 0, 0.5, 2, 1e4)] double t) =>
        Assert.That(Distributions.StudentCdf(t, 1), Is.EqualTo(0.5 + (Math.Atan(t) / Math.PI)).Within(1e-14));

    [Test]
    public void Two_degrees_of_freedom_have_a_closed_form([Values(-9, -1, 0.2, 3)] double t) =>
        Assert.That(Distributions.StudentCdf(t, 2), Is.EqualTo(0.5 + (t / 2 / Math.Sqrt(2 + (t * t)))).Within(1e-14));

    // Table of the t distribution, e.g. Fisher and Yates 1938.
    [TestCase(0.05, 1, 12.706)]
    [TestCase(0.05, 4, 2.776)]
    [TestCase(0.05, 9, 2.262)]
    [TestCase(0.01, 4, 4.604)]
    [TestCase(0.001, 30, 3.646)]
    public void Critical_values_are_those_of_the_table(double level, double degrees, double expected) =>
        Assert.That(Distributions.StudentCritical(level, degrees), Is.EqualTo(expected).Within(6e-4));

    [Test]
    public void Critical_values_turn_tails_over([Values(1e-12, 0.01, 0.5, 0.999)] double level,
        [Values(1, 3.7, 50)] double degrees) =>
        Assert.That(Distributions.StudentTwoSided(Distributions.StudentCritical(level, degrees), degrees),
            Is.EqualTo(level).Within(level * 1e-12));

    [Test]
    public void Far_tails_keep_their_digits()
    {
        // The Cauchy tail beyond t is 2 atan(1 / t) / pi, both sides together.
        Assert.That(Distributions.StudentTwoSided(1e9, 1),
            Is.EqualTo(2 * Math.Atan(1e-9) / Math.PI).Within(1e-23));
        Assert.That(Distributions.StudentTwoSided(double.PositiveInfinity, 5), Is.Zero);
        Assert.That(Distributions.StudentTwoSided(0, 5), Is.EqualTo(1));
    }

    [Test]
    public void A_paired_test_by_hand()
    {
        // Differences 1, 2, 3: mean 2, standard deviation 1, t = 2 sqrt(3), and the closed form for two degrees.
        TTest test = TTest.Paired([2, 4, 6], [1, 2, 3]);
        double t = 2 * Math.Sqrt(3);
        Assert.That((test.T, test.DegreesOfFreedom), Is.EqualTo((t, 2.0)).Within(1e-14));
        Assert.That(test.P, Is.EqualTo(1 - (t / Math.Sqrt(2 + (t * t)))).Within(1e-14));
    }

    [Test]
    public void Pairs_without_any_difference_have_p_1_and_say_so()
    {
        TTest test = TTest.Paired([0.1, 0.2, 0.3], [0.1, 0.2, 0.3]);
        Assert.That((test.T, test.P, test.Note), Is.EqualTo((0.0, 1.0, "all differences are zero")));
    }

    [Test]
    public void One_difference_in_all_pairs_is_no_test_even_where_rounding_makes_it_look_like_several()
    {
        TTest test = TTest.Paired([0.9, 0.8, 0.4], [0.8, 0.7, 0.3]);
        Assert.That(test.P, Is.NaN);
        Assert.That(test.T, Is.EqualTo(double.PositiveInfinity));
        Assert.That(test.Note, Does.Contain("without spread"));
    }

    [Test]
    public void One_seed_is_refused_with_the_reason() =>
        Assert.That(() => TTest.Paired([0.9], [0.8]), Throws.ArgumentException.With.Message.Contains(
            "one run per method: no spread, no test; give 2 or more seeds, 5 is usual"));

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_value_that_is_no_number_is_refused_with_its_place(double bad)
    {
        string expected = $"the second sample has {(double.IsNaN(bad) ? "NaN" : "Infinity")} at index 1";
        Assert.That(() => TTest.Paired([1, 2], [1, bad]), Throws.ArgumentException.With.Message.Contains(expected));
        Assert.That(() => TTest.Welch([1, 2], [1, bad]), Throws.ArgumentException.With.Message.Contains(expected));
        Assert.That(() => WilcoxonSignedRank.Of([1, 2], [1, bad]), Throws.ArgumentException);
        Assert.That(() => MannWhitney.Of([1, 2], [1, bad]), Throws.ArgumentException);
    }

    [Test]
    public void Pairs_that_are_not_complete_are_refused() =>
        Assert.That(() => TTest.Paired([1, 2, 3], [1, 2]),
            Throws.ArgumentException.With.Message.Contains("found 3 and 2"));

    [Test]
    public void Welch_is_Student_where_sizes_and_variances_are_equal()
    {
        (double[] a, double[] b) = ([1, 2, 4], [11, 12, 14]);
        (TTest welch, TTest student) = (TTest.Welch(a, b), TTest.Student(a, b));
        Assert.That(welch.T, Is.EqualTo(student.T).Within(1e-13));
        Assert.That(welch.DegreesOfFreedom, Is.EqualTo(4).Within(1e-13));
        Assert.That(welch.P, Is.EqualTo(student.P).Within(1e-14));
    }

    [Test]
    public void The_interval_of_Welch_holds_0_just_where_its_p_is_above_the_level()
    {
        (double[] a, double[] b) = ([1, 2, 4, 3], [2.5, 3.5, 6, 7, 4]);
        TTest test = TTest.Welch(a, b);
        MeanDifference at = MeanDifference.Welch(a, b, 1 - test.P);
        Assert.That(at.Difference, Is.EqualTo(4.6 - 2.5).Within(1e-14));
        Assert.That(at.Lower, Is.Zero.Within(1e-12));
        Assert.That(at.Upper, Is.EqualTo(2 * at.Difference).Within(1e-12));
    }

    [Test]
    public void Summaries_keep_their_digits_far_from_zero()
    {
        SampleSummary summary = SampleSummary.Of([1e8 + 1, 1e8 + 2, 1e8 + 3]);
        Assert.That((summary.Mean, summary.StandardDeviation), Is.EqualTo((1e8 + 2, 1.0)).Within(1e-12));
        Assert.That(SampleSummary.Of([0.1, 0.1, 0.1]).StandardDeviation, Is.Zero);
    }
}
