using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>Mixout against its formula as the paper writes it, with the mask read off the result.</summary>
public sealed class WeightMixTests
{
    private const ulong Key = 0x0123456789ABCDEF;

    [Test]
    public void Every_element_is_the_first_value_or_the_scaled_weight_and_gradients_follow(
        [Values(1, 15, 16, 17, 1023)] int length, [Values(0.0, 0.3, 0.9)] double p)
    {
        WeightLayout layout = WeightLayout.Pack([("mixed", [length], true), ("kept", [40], true)]);
        using ChunkedLoop loop = new(2);
        float[] first = FlatValues.Random(layout, 1);
        using WeightBuffer start = ArrayPasses.Buffer(first);
        using CpuWeightMix mix = new(layout, start, p, s => s.Name == "mixed", loop);
        float[] weights = FlatValues.Random(layout, 2);
        float[] before = [.. weights];
        float[] gradients = FlatValues.Random(layout, 3);
        float[] given = [.. gradients];

        mix.Mix(weights, Key);
        float[] mixed = [.. weights];
        mix.Unmix(weights, gradients);

        Assert.That(weights, Is.EqualTo(before), "the way back ends in the bits it began with");
        for (int i = 0; i < layout.Length; i++)
        {
            bool isMixed = i < length;
            bool isFirst = isMixed && mixed[i] == first[i];
            double m = isFirst ? 1 : 0;
            double expected = isMixed ? ((m * first[i]) + ((1 - m) * before[i]) - (p * first[i])) / (1 - p) : before[i];
            double passed = isMixed ? (1 - m) / (1 - p) * given[i] : given[i];
            Assert.That(mixed[i], Is.EqualTo(expected).Within(2e-6), $"weight {i}");
            Assert.That(gradients[i], Is.EqualTo(passed).Within(2e-6), $"gradient {i}");
        }
    }

    [TestCase(0.1)]
    [TestCase(0.5)]
    [TestCase(0.9)]
    public void The_share_of_first_values_is_p_and_the_mean_stays(double p)
    {
        const int Count = 100_000;
        double[] mixed = Mixed(p, Count, Key);

        double share = mixed.Count(w => w == 0) / (double)Count;
        Assert.That(share, Is.EqualTo(p).Within(5 * Math.Sqrt(p * (1 - p) / Count)));
        Assert.That(mixed.Average(), Is.EqualTo(1).Within(5 * Math.Sqrt(p / (1 - p) / Count)));
    }

    [Test]
    public void The_mask_is_that_of_the_key_and_others_differ()
    {
        double[] mask = Mixed(0.5, 10_000, Key);

        Assert.That(Mixed(0.5, 10_000, Key), Is.EqualTo(mask));
        foreach (ulong other in new[] { Key + 1, Key + (1UL << 32), 0UL })
        {
            double agreeing = Mixed(0.5, 10_000, other).Zip(mask, (a, b) => a == b ? 1.0 : 0).Average();
            Assert.That(agreeing, Is.EqualTo(0.5).Within(0.025), $"key {other}");
        }
    }

    [TestCase(1)]
    [TestCase(-0.1)]
    [TestCase(double.NaN)]
    public void A_chance_that_leaves_nothing_is_refused(double p)
    {
        using ChunkedLoop loop = new(1);
        WeightLayout layout = WeightLayout.Pack([("a", [3], true)]);

        using WeightBuffer first = new(Device.Default, layout.Length);

        Assert.That(() => new CpuWeightMix(layout, first, p, _ => true, loop),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("from 0 to below 1"));
    }

    /// <summary>Ones mixed with zeros.</summary>
    private static double[] Mixed(double p, int count, ulong key)
    {
        WeightLayout layout = WeightLayout.Pack([("a", [count], true)]);
        using ChunkedLoop loop = new(2);
        using WeightBuffer first = new(Device.Default, layout.Length);
        using CpuWeightMix mix = new(layout, first, p, _ => true, loop);
        float[] weights = [.. Enumerable.Repeat(1f, layout.Length)];
        mix.Mix(weights, key);
        return [.. weights.Take(count).Select(w => (double)w)];
    }
}
