using OrtTrainer.Data;
using OrtTrainer.Evaluation;

namespace OrtTrainer.Tests.Evaluation;

public class PairedBootstrapTests
{
    private static readonly MetricKind Accuracy = MetricKind.DefaultFor(TaskKind.Classification);

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
        var metric = MetricKind.Find(TaskKind.Regression, "pearson");
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

    private static ClassifiedExamples Model(int count, int right)
    {
        var logits = new double[count * 2];
        for (var i = 0; i < count; i++)
        {
            logits[(i * 2) + (i < right ? 1 : 0)] = 1;
        }

        return new ClassifiedExamples(logits, [.. Enumerable.Repeat(1, count)], 2);
    }
}
