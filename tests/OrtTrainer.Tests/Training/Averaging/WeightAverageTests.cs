using OrtTrainer.Models;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training.Averaging;

public class WeightAverageTests
{
    private static readonly FlatParameters Layout = FlatParameters.Pack([("w", [3], true)]);

    [Test]
    public void The_mean_of_whole_numbers_is_exact()
    {
        using var average = new WeightAverage(Layout, new EqualShares());
        average.Update(Weights(2, 0, -8), 10);
        average.Update(Weights(4, 0, 8), 20);
        Assert.That(average.Values[..3].ToArray(), Is.EqualTo(new[] { 3f, 0, 0 }));
        Assert.That(average.State, Is.EqualTo(new AverageState(2, 10, 20)));
    }

    [Test]
    public void The_first_update_copies_whatever_the_buffer_held()
    {
        using var average = new WeightAverage(Layout, new ExponentialDecay { Decay = 0.9 });
        average.Values.Fill(float.NaN);
        average.Update(Weights(1, 2, 3), 1);
        Assert.That(average.Values[..3].ToArray(), Is.EqualTo(new[] { 1f, 2, 3 }));
    }

    [Test]
    public void A_restored_average_continues_bit_for_bit()
    {
        using var whole = new WeightAverage(Layout, new EqualShares());
        using var resumed = new WeightAverage(Layout, new EqualShares());
        for (var step = 1; step <= 7; step++)
        {
            whole.Update(Weights(step, 1f / step, -step), step);
            if (step == 3)
            {
                whole.Values.CopyTo(resumed.Values);
                resumed.Restore(whole.State);
            }
            else if (step > 3)
            {
                resumed.Update(Weights(step, 1f / step, -step), step);
            }
        }

        Assert.That(resumed.Values.ToArray(), Is.EqualTo(whole.Values.ToArray()));
        Assert.That(resumed.State, Is.EqualTo(whole.State));
    }

    [Test]
    public void A_step_is_not_averaged_twice()
    {
        using var average = new WeightAverage(Layout, new EqualShares());
        average.Update(Weights(1, 1, 1), 5);
        Assert.That(
            () => average.Update(Weights(9, 9, 9), 5),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("each counts once"));
        Assert.That(average.Values[0], Is.EqualTo(1f));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(1023)]
    public void Every_length_blends_as_the_scalar_formula(int length)
    {
        var random = new Random(length);
        float[] Values() => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
        var (weights, average) = (Values(), Values());
        var expected = average.Zip(weights, (a, w) => MathF.FusedMultiplyAdd(0.3f, w - a, a)).ToArray();
        WeightBlend.Towards(weights, average, 0.3f);
        Assert.That(average, Is.EqualTo(expected));
    }

    [Test]
    public void Weights_of_another_length_are_refused() =>
        Assert.That(
            () => WeightBlend.Towards(new float[3], new float[4], 0.5f),
            Throws.ArgumentException.With.Message.Contains("3 weights for an average of 4"));

    private static float[] Weights(params float[] values)
    {
        var padded = new float[Layout.Length];
        values.CopyTo(padded, 0);
        return padded;
    }
}
