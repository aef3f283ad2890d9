using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Runtime.Updates;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training.Averaging;

public class WeightAverageTests
{
    private static readonly WeightLayout Layout = WeightLayout.Pack([("w", [3], true)]);

    [Test]
    public void The_mean_of_whole_numbers_is_exact()
    {
        using var average = new WeightAverage(Device.Default, Layout, new EqualShares());
        average.Update(Weights(2, 0, -8), 10);
        average.Update(Weights(4, 0, 8), 20);
        Assert.That(average.Buffer.Span[..3].ToArray(), Is.EqualTo(new[] { 3f, 0, 0 }));
        Assert.That(average.State, Is.EqualTo(new AverageState(2, 10, 20)));
    }

    [Test]
    public void The_first_update_copies_whatever_the_buffer_held()
    {
        using var average = new WeightAverage(Device.Default, Layout, new ExponentialDecay { Decay = 0.9 });
        average.Buffer.Span.Fill(float.NaN);
        average.Update(Weights(1, 2, 3), 1);
        Assert.That(average.Buffer.Span[..3].ToArray(), Is.EqualTo(new[] { 1f, 2, 3 }));
    }

    [Test]
    public void A_restored_average_continues_bit_for_bit()
    {
        using var whole = new WeightAverage(Device.Default, Layout, new EqualShares());
        using var resumed = new WeightAverage(Device.Default, Layout, new EqualShares());
        for (var step = 1; step <= 7; step++)
        {
            whole.Update(Weights(step, 1f / step, -step), step);
            if (step == 3)
            {
                whole.Buffer.Span.CopyTo(resumed.Buffer.Span);
                resumed.Restore(whole.State);
            }
            else if (step > 3)
            {
                resumed.Update(Weights(step, 1f / step, -step), step);
            }
        }

        Assert.That(resumed.Buffer.Span.ToArray(), Is.EqualTo(whole.Buffer.Span.ToArray()));
        Assert.That(resumed.State, Is.EqualTo(whole.State));
    }

    [Test]
    public void A_step_is_not_averaged_twice()
    {
        using var average = new WeightAverage(Device.Default, Layout, new EqualShares());
        average.Update(Weights(1, 1, 1), 5);
        Assert.That(
            () => average.Update(Weights(9, 9, 9), 5),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("each counts once"));
        Assert.That(average.Buffer.Span[0], Is.EqualTo(1f));
    }

    private static float[] Weights(params float[] values)
    {
        var padded = new float[Layout.Length];
        values.CopyTo(padded, 0);
        return padded;
    }
}
