using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Runtime.Updates;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training.Averaging;

/// <summary>Averages over long runs against float64, and what their order and length may not change.</summary>
public class AveragingPropertyTests
{
    private const int Width = 200;
    private static readonly WeightLayout Layout = WeightLayout.Pack([("w", [Width], true)]);

    [Test]
    public void A_mean_of_thousands_stays_within_a_few_roundings_of_float64()
    {
        const int Steps = 5000;
        using var average = new WeightAverage(Device.Default, Layout, new EqualShares());
        var sums = new double[Width];
        for (var step = 1; step <= Steps; step++)
        {
            var weights = Weights(step, around: 1);
            average.Update(weights, step);
            for (var i = 0; i < Width; i++)
            {
                sums[i] += weights[i];
            }
        }

        // Each update rounds by at most half a unit in the last place, 6e-8 near 1. Update k keeps k/n of its error: a
        // random walk of 3.5e-8 √(n/3) = 1.4e-6.
        for (var i = 0; i < Width; i++)
        {
            Assert.That(average.Buffer.Span[i], Is.EqualTo(sums[i] / Steps).Within(6e-6));
        }
    }

    [Test]
    public void An_exponential_average_is_the_weighted_sum_of_all_weights()
    {
        const double Decay = 0.9;
        using var average = new WeightAverage(Device.Default, Layout, new ExponentialDecay { Decay = Decay });
        var expected = new double[Width];
        for (var step = 1; step <= 40; step++)
        {
            average.Update(Weights(step), step);
        }

        // The first weights keep 0.9^39, number k keeps 0.1 · 0.9^(40 - k).
        for (var step = 1; step <= 40; step++)
        {
            var share = Math.Pow(Decay, 40 - step) * (step == 1 ? 1 : 1 - Decay);
            var weights = Weights(step);
            for (var i = 0; i < Width; i++)
            {
                expected[i] += share * weights[i];
            }
        }

        for (var i = 0; i < Width; i++)
        {
            Assert.That(average.Buffer.Span[i], Is.EqualTo(expected[i]).Within(1e-6));
        }
    }

    [Test]
    public void Weights_that_do_not_move_are_their_own_average()
    {
        foreach (AveragingRule rule in new AveragingRule[] { new EqualShares(), new ExponentialDecay() })
        {
            using var average = new WeightAverage(Device.Default, Layout, rule);
            var weights = Weights(1);
            for (var step = 1; step <= 100; step++)
            {
                average.Update(weights, step);
            }

            Assert.That(average.Buffer.Span.ToArray(), Is.EqualTo(weights), $"{rule}");
        }
    }

    [Test]
    public void Weights_that_are_refused_do_not_count()
    {
        using var average = new WeightAverage(Device.Default, Layout, new EqualShares());
        average.Update(Weights(1), 3);
        var before = average.Buffer.Span.ToArray();

        Assert.That(() => average.Update(new float[3], 4), Throws.ArgumentException);

        Assert.That(average.State, Is.EqualTo(new AverageState(1, 3, 3)));
        Assert.That(average.Buffer.Span.ToArray(), Is.EqualTo(before));
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(8)]
    public void The_mean_of_the_latest_is_that_of_the_last_few(int window)
    {
        using var latest = new LatestWeights(Device.Default, Layout, window);
        for (var step = 1; step <= 10; step++)
        {
            latest.Update(Weights(step), step);
            latest.Refresh();
            var first = Math.Max(1, step - window + 1);
            for (var i = 0; i < Width; i += 37)
            {
                var expected = Enumerable.Range(first, step - first + 1).Average(s => (double)Weights(s)[i]);
                Assert.That(latest.Buffer.Span[i], Is.EqualTo(expected).Within(1e-7), $"after {step}");
            }
        }
    }

    [Test]
    public void A_restored_window_goes_on_where_it_was()
    {
        using var whole = new LatestWeights(Device.Default, Layout, 3);
        using var resumed = new LatestWeights(Device.Default, Layout, 3);
        for (var step = 1; step <= 5; step++)
        {
            whole.Update(Weights(step), step);
        }

        resumed.Restore(whole.State);
        foreach (var (saved, place) in whole.Saved.Zip(resumed.Saved))
        {
            saved.Values.Span.CopyTo(place.Values.Span);
        }

        whole.Update(Weights(6), 6);
        resumed.Update(Weights(6), 6);
        whole.Refresh();
        resumed.Refresh();
        Assert.That(resumed.Buffer.Span.ToArray(), Is.EqualTo(whole.Buffer.Span.ToArray()));
    }

    [Test]
    public void Mean_and_variance_are_those_of_the_two_pass_formula()
    {
        const int Steps = 300;
        using var moments = new WeightMoments(Device.Default, Layout);
        var seen = new List<float[]>();
        for (var step = 1; step <= Steps; step++)
        {
            seen.Add(Weights(step, around: 10));
            moments.Update(seen[^1], step);
        }

        var variance = new float[Layout.Length];
        moments.Variance(variance);
        for (var i = 0; i < Width; i++)
        {
            var mean = seen.Average(w => (double)w[i]);
            Assert.That(moments.Buffer.Span[i], Is.EqualTo(mean).Within(1.5e-5));
            Assert.That(variance[i], Is.EqualTo(seen.Average(w => (w[i] - mean) * (w[i] - mean))).Within(1e-5));
        }
    }

    [TestCase(0.29, 100, 29)]
    [TestCase(0.57, 100, 57)]
    [TestCase(0.58, 100, 58)]
    [TestCase(0.1, 30, 3)]
    [TestCase(0.7, 10, 7)]
    [TestCase(0.35, 1000, 350)]
    [TestCase(1.0 / 3, 300, 100)]
    [TestCase(2.0 / 3, 3_000_000, 2_000_000)]
    [TestCase(0.999, 100, 99)]
    [TestCase(0.9999999999999999, 8, 7)]
    public void A_share_starts_at_the_step_it_says(double share, long total, long expected) =>
        Assert.That(
            new AveragingPlan { TotalSteps = total, StartFraction = share }.StartStep, Is.EqualTo(expected));

    [Test]
    public void A_plan_counts_the_steps_it_finds_due(
        [Values(1, 2, 7)] int interval, [Values(0, 0.3, 0.99)] double start)
    {
        for (var total = 1; total < 60; total++)
        {
            var plan = new AveragingPlan { TotalSteps = total, StartFraction = start, Interval = interval };
            Assert.That(
                Enumerable.Range(1, total).Count(step => plan.IsDue(step)), Is.EqualTo(plan.Averaged), $"of {total}");
        }
    }

    [Test]
    public void A_soup_of_none_or_of_unequal_runs_is_refused()
    {
        using var two = new WeightBuffer(Device.Default, 2);
        using var three = new WeightBuffer(Device.Default, 3);
        Assert.That(
            () => WeightSoup.Uniform([], two), Throws.ArgumentException.With.Message.Contains("found none"));
        Assert.That(() => WeightSoup.Uniform([two, three], two), Throws.ArgumentException);
    }

    [Test]
    public void A_run_that_broke_spoils_no_soup()
    {
        using var good = new WeightBuffer(Device.Default, 1);
        using var broken = new WeightBuffer(Device.Default, 1);
        using var soup = new WeightBuffer(Device.Default, 1);
        (good.Span[0], broken.Span[0]) = (2, float.NaN);

        var kept = WeightSoup.Greedy([(broken, double.NaN), (good, 0.5)], soup, weights => weights.Span[0]);

        Assert.That(kept, Is.EqualTo(new[] { 1 }));
        Assert.That(soup.Span[0], Is.EqualTo(2));
    }

    // Hashed (SplitMix64, Steele et al. 2014): neighbouring seeds of System.Random give numbers that look alike.
    private static float[] Weights(int step, double around = 0)
    {
        var weights = new float[Layout.Length];
        for (var i = 0; i < Width; i++)
        {
            var bits = unchecked(((ulong)((step * Width) + i) * 0x9E3779B97F4A7C15) + 1);
            bits = unchecked((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9);
            bits = unchecked((bits ^ (bits >> 27)) * 0x94D049BB133111EB);
            weights[i] = (float)(around + ((bits ^ (bits >> 31)) / 18446744073709551616.0) - 0.5);
        }

        return weights;
    }
}
