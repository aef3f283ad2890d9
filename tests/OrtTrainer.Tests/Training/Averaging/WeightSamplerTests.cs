using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training.Averaging;

public sealed class WeightSamplerTests
{
    private const int Count = 40_000;
    private static readonly WeightLayout Layout =
        WeightLayout.Pack([("a", [Count], true), ("b", [Count], false), ("c", [5], false)]);

    private WeightBuffer _mean = null!;
    private WeightBuffer _variance = null!;
    private WeightBuffer _drawn = null!;

    [SetUp]
    public void Fill()
    {
        _mean = new WeightBuffer(Device.Default, Layout.Length);
        _variance = new WeightBuffer(Device.Default, Layout.Length);
        _drawn = new WeightBuffer(Device.Default, Layout.Length);
        _mean.Slice(0, Count).Fill(3);
        _variance.Slice(0, Count).Fill(0.25f);
        _variance.Slice(Layout.Segments[1].Offset, Count).Fill(4);
    }

    [TearDown]
    public void Free()
    {
        _mean.Dispose();
        _variance.Dispose();
        _drawn.Dispose();
    }

    [TestCase(0.5)]
    [TestCase(1)]
    public void Draws_have_the_mean_and_the_scaled_variance(double scale)
    {
        Sampler(scale).Draw(0, _drawn, threads: 2);

        Check(Layout.Segments[0], mean: 3, variance: scale * 0.25);
        Check(Layout.Segments[1], mean: 0, variance: scale * 4);
    }

    [Test]
    public void A_draw_follows_from_seed_and_number_whatever_the_threads()
    {
        Sampler(1).Draw(3, _drawn, threads: 1);
        float[] first = _drawn.Span.ToArray();
        Sampler(1).Draw(3, _drawn, threads: 4);
        Assert.That(_drawn.Span.ToArray(), Is.EqualTo(first));
        Sampler(1).Draw(4, _drawn, threads: 4);
        Assert.That(_drawn.Span[..100].ToArray(), Is.Not.EqualTo(first[..100]));
    }

    [Test]
    public void Padding_stays_zero()
    {
        _variance.Span[^1] = 1;
        Sampler(1).Draw(0, _drawn, threads: 1);
        Assert.That(_drawn.Span[^1], Is.Zero);
    }

    private WeightSampler Sampler(double scale) => new(Layout, _mean, _variance, scale, seed: 11);

    private void Check(WeightSegment segment, double mean, double variance)
    {
        double[] values = [.. _drawn.Slice(segment.Offset, segment.Length).ToArray().Select(v => (double)v)];
        double measured = values.Average();
        Assert.That(measured, Is.EqualTo(mean).Within(5 * Math.Sqrt(variance / Count)));
        Assert.That(values.Average(v => Math.Pow(v - measured, 2)),
            Is.EqualTo(variance).Within(5 * variance * Math.Sqrt(2.0 / Count)));
    }
}
