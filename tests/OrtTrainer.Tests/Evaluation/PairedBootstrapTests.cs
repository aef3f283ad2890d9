using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Evaluation;

public class PairedBootstrapTests
{
    private static readonly Metric Accuracy = ClassificationTask.Instance.DefaultMetric;

    [Test]
    public void Equal_models_differ_by_nothing_in_every_resample()
    {
        var model = Model(100, right: 70);
        var interval = new PairedBootstrap().Compare(Accuracy, model, model, new Random(1).Next);
        Assert.That(interval, Is.EqualTo(new BootstrapInterval(0, 0, 0, 1000)));
        Assert.That(interval.ExcludesZero, Is.False);
    }

    [Test]
    public void The_interval_is_about_as_wide_as_the_normal_approximation()
    {
        // Of 400 examples, 40 turn right and none wrong: the difference is a proportion of 0.1.
        var interval = new PairedBootstrap { Resamples = 2000 }
            .Compare(Accuracy, Model(400, 300), Model(400, 340), new Random(2).Next);
        var halfWidth = 1.96 * Math.Sqrt(0.1 * 0.9 / 400);
        Assert.That(interval.Difference, Is.EqualTo(0.1).Within(1e-12));
        Assert.That(interval.Lower, Is.EqualTo(0.1 - halfWidth).Within(0.006));
        Assert.That(interval.Upper, Is.EqualTo(0.1 + halfWidth).Within(0.006));
        Assert.That(interval.ExcludesZero, Is.True);
    }

    [Test]
    public void A_cancellation_ends_it_before_the_next_resample()
    {
        using CancellationTokenSource source = new();
        int drawn = 0;

        Assert.That(
            () => new PairedBootstrap().Compare(Accuracy, Model(5, 3), Model(5, 4), _ => Draw(), source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(drawn, Is.EqualTo(15));

        int Draw()
        {
            if (++drawn == 12)
            {
                source.Cancel();
            }

            return 0;
        }
    }

    [Test]
    public void Quantiles_lie_between_the_nearest_resamples_in_proportion()
    {
        // Only the second example differs; the last of four resamples holds it alone: differences 0, 0, 0, 1.
        var indices = new Queue<int>([0, 0, 0, 0, 0, 0, 1, 1]);
        var interval = new PairedBootstrap { Resamples = 4, Confidence = 0.5 }
            .Compare(Accuracy, Model(2, 1), Model(2, 2), _ => indices.Dequeue());
        Assert.That((interval.Lower, interval.Upper), Is.EqualTo((0.0, 0.25)));
    }

    [Test]
    public void Resamples_without_a_defined_metric_are_left_out()
    {
        var metric = RegressionTask.Instance.FindMetric("pearson");
        var model = new RegressedExamples([1, 2], [1, 2]);
        var interval = new PairedBootstrap { Resamples = 200 }.Compare(metric, model, model, new Random(3).Next);
        Assert.That(interval.Resamples, Is.InRange(60, 140));
        Assert.That(interval.Difference, Is.Zero);
    }

    [Test]
    public void Different_numbers_of_examples_are_refused() =>
        Assert.That(
            () => new PairedBootstrap().Compare(Accuracy, Model(3, 1), Model(4, 1), new Random(1).Next),
            Throws.ArgumentException.With.Message.Contains("found 3 and 4"));

    [Test]
    public void The_same_random_numbers_give_the_same_interval()
    {
        BootstrapInterval Run() => new PairedBootstrap { Resamples = 50 }
            .Compare(Accuracy, Model(50, 20), Model(50, 30), new Random(9).Next);
        var again = Run();
        Assert.That(Run(), Is.EqualTo(again));
    }

    [Test]
    public void Ninety_five_of_a_hundred_intervals_hold_the_true_difference()
    {
        // Two models of accuracy 0.7 and 0.8 whose errors are partly the same, on many test sets of 100 examples.
        const int Sets = 120, Examples = 100;
        var random = new Random(4);
        var (covered, above) = (0, 0);
        for (var set = 0; set < Sets; set++)
        {
            var luck = Enumerable.Range(0, Examples).Select(_ => random.NextDouble()).ToArray();
            var again = Enumerable.Range(0, Examples).Select(_ => random.NextDouble()).ToArray();
            var first = Model([.. luck.Select(u => u < 0.7)]);
            var second = Model([.. luck.Zip(again, (u, v) => u < 0.6 || (u >= 0.6 && v < 0.5))]);
            var interval = new PairedBootstrap { Resamples = 150 }.Compare(Accuracy, first, second, random.Next);
            covered += interval.Lower <= 0.1 + 1e-9 && interval.Upper >= 0.1 - 1e-9 ? 1 : 0;
            above += interval.Lower > 0 ? 1 : 0;
        }

        // Four standard deviations of a binomial share of 0.95, and a little for percentile intervals of small sets.
        Assert.That(covered / (double)Sets, Is.EqualTo(0.95).Within(0.08));
        Assert.That(above, Is.GreaterThan(Sets / 4), "the intervals are narrow enough to show something");
    }

    [Test]
    public void Exchanging_the_models_turns_the_interval_over()
    {
        var (first, second) = (Model(60, 20), Model(60, 35));
        var there = new PairedBootstrap().Compare(Accuracy, first, second, new Random(5).Next);
        var back = new PairedBootstrap().Compare(Accuracy, second, first, new Random(5).Next);
        Assert.That(
            (back.Difference, back.Lower, back.Upper),
            Is.EqualTo((-there.Difference, -there.Upper, -there.Lower)));
    }

    [Test]
    public void More_confidence_takes_a_wider_interval()
    {
        BootstrapInterval Run(double confidence) => new PairedBootstrap { Confidence = confidence }
            .Compare(Accuracy, Model(60, 20), Model(60, 35), new Random(6).Next);
        var (half, most, nearly) = (Run(0.5), Run(0.9), Run(0.999));
        Assert.That(new[] { nearly.Lower, most.Lower, half.Lower }, Is.Ordered.Ascending);
        Assert.That(new[] { half.Upper, most.Upper, nearly.Upper }, Is.Ordered.Ascending);
        Assert.That(nearly.Upper - nearly.Lower, Is.GreaterThan(half.Upper - half.Lower));
    }

    [TestCase(0.1, 0.2, true)]
    [TestCase(-0.2, -0.1, true)]
    [TestCase(-0.1, 0.1, false)]
    [TestCase(0, 0.1, false)]
    [TestCase(double.NaN, double.NaN, false)]
    public void A_difference_is_shown_where_the_interval_has_one_sign(double lower, double upper, bool expected) =>
        Assert.That(new BootstrapInterval(0.1, lower, upper, 100).ExcludesZero, Is.EqualTo(expected));

    [Test]
    public void A_metric_that_is_never_defined_has_no_interval()
    {
        var metric = RegressionTask.Instance.FindMetric("pearson");
        var constant = new RegressedExamples([1, 1], [1, 2]);
        var interval = new PairedBootstrap { Resamples = 20 }.Compare(metric, constant, constant, new Random(1).Next);
        Assert.That((interval.Lower, interval.Upper, interval.Resamples), Is.EqualTo((double.NaN, double.NaN, 0)));
        Assert.That(interval.ExcludesZero, Is.False);
    }

    [Test]
    public void Settings_out_of_range_and_empty_sets_are_refused()
    {
        Assert.That(() => new PairedBootstrap { Resamples = 0 },
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
                "Resamples is 0; expected 1 or more."));
        Assert.That(() => new PairedBootstrap { Confidence = 1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new PairedBootstrap { Confidence = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new PairedBootstrap().Compare(Accuracy, Model(0, 0), Model(0, 0), new Random(1).Next),
            Throws.ArgumentException.With.Message.Contains("at least one"));
    }

    private static ClassifiedExamples Model(int count, int right) =>
        Model([.. Enumerable.Range(0, count).Select(i => i < right)]);

    // One example per flag, predicted right or wrong.
    private static ClassifiedExamples Model(bool[] right) => new(
        [.. right.SelectMany(r => r ? new double[] { 0, 1 } : [1, 0])], [.. right.Select(_ => 1)], 2);
}
