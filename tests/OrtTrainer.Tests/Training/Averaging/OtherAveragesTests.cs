using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Runtime.Updates;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training.Averaging;

public class OtherAveragesTests
{
    private static readonly WeightLayout Layout = WeightLayout.Pack([("w", [1], true)]);

    [Test]
    public void The_window_forgets_what_is_older()
    {
        using var latest = new LatestWeights(Device.Default, Layout, 2);
        long step = 0;
        foreach (var value in new[] { 1f, 3, 11 })
        {
            latest.Update(Weights(value), ++step);
        }

        latest.Refresh();
        Assert.That(latest.Buffer.Span[0], Is.EqualTo(7f));
        Assert.That(latest.Held, Is.EqualTo(2));
    }

    [TestCase(new double[] { 3, 1 }, 2f)]
    [TestCase(new double[] { 0, 1 }, 5f)]
    [TestCase(new double[] { 1, 0 }, 1f)]
    public void What_devices_trained_counts_by_its_weight(double[] weights, float mean)
    {
        using WeightBuffer average = new(Device.Default, Layout.Length);
        WeightedShares rule = new(weights);
        foreach ((float value, int n) in new[] { (1f, 0), (5f, 1) })
        {
            using WeightBuffer device = new(Device.Default, Layout.Length);
            device.Write(0, Enumerable.Repeat(value, (int)Layout.Length).ToArray());
            rule.Blend(device, average, n);
        }

        Assert.That(average.Read(0, 1)[0], Is.EqualTo(mean));
    }

    [Test]
    public void A_mean_or_variance_of_nothing_is_refused()
    {
        using var latest = new LatestWeights(Device.Default, Layout, 2);
        using var moments = new WeightMoments(Device.Default, Layout);
        Assert.That(latest.Refresh, Throws.InvalidOperationException);
        Assert.That(() => moments.Variance(new float[Layout.Length]), Throws.InvalidOperationException);
    }

    [Test]
    public void A_small_variance_beside_a_large_mean_keeps_its_digits()
    {
        using var moments = new WeightMoments(Device.Default, Layout);
        long step = 0;
        foreach (var value in new[] { 100f, 100.25f, 100.5f })
        {
            moments.Update(Weights(value), ++step);
        }

        var variance = new float[Layout.Length];
        moments.Variance(variance);
        Assert.That(variance[0], Is.EqualTo(0.125 / 3).Within(1e-8));
        Assert.That(variance[1], Is.EqualTo(1e-30f));
    }

    [Test]
    public void Lookahead_goes_part_of_the_way_and_takes_the_weights_along()
    {
        using SlowWeights lookahead = new(Device.Default, Layout, period: 5, share: 0.25);
        lookahead.Start(Weights(-4));
        float[] weights = Weights(8);

        lookahead.Update(weights, 5);

        Assert.That(weights[0], Is.EqualTo(-1f));
        Assert.That(lookahead.Buffer.Span[0], Is.EqualTo(-1f));
        weights[0] = 3;
        Assert.That(lookahead.Buffer.Span[0], Is.EqualTo(-1f), "the slow weights are a copy");
        Assert.That(lookahead.State, Is.EqualTo(new AverageState(1, 5, 5)));
    }

    [Test]
    public void A_uniform_soup_is_the_mean()
    {
        using var a = Buffer(1);
        using var b = Buffer(2);
        using var c = Buffer(6);
        using var soup = Buffer(float.NaN);
        WeightSoup.Uniform([a, b, c], soup);
        Assert.That(soup.Span[0], Is.EqualTo(3f).Within(1e-6f));
    }

    [Test]
    public void A_greedy_soup_leaves_out_what_makes_it_worse()
    {
        using var good = Buffer(1);
        using var bad = Buffer(9);
        using var better = Buffer(-1.5f);
        using var soup = Buffer(0);
        double Score(WeightBuffer weights) => -Math.Abs(weights.Span[0]);
        var kept = WeightSoup.Greedy([(bad, -9), (better, -1.5), (good, -1)], soup, Score);
        Assert.That(kept, Is.EqualTo(new[] { 2, 1 }));
        Assert.That(soup.Span[0], Is.EqualTo(-0.25f));
    }

    private static float[] Weights(float value)
    {
        var weights = new float[Layout.Length];
        weights[0] = value;
        return weights;
    }

    private static WeightBuffer Buffer(float value)
    {
        var buffer = new WeightBuffer(Device.Default, 1);
        buffer.Span[0] = value;
        return buffer;
    }
}
