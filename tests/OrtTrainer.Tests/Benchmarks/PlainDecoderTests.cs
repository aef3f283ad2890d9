using OrtTrainer.Benchmarks;
using OrtTrainer.Data;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Runtime;

namespace OrtTrainer.Tests.Benchmarks;

/// <summary>What decoders' training steps are held against does the work that it stands for.</summary>
public sealed class PlainDecoderTests
{
    private static readonly DecoderSize Size = new(
        Layers: 2, Width: 8, Heads: 2, Vocabulary: 11, BatchSize: 2, Length: 4);

    [Test]
    public void Its_loss_is_that_of_chance_at_first_and_its_gradients_are_the_slopes()
    {
        using PlainDecoderSession session = new(Size, threads: 1);
        session.Prepare(
            [new([1, 2, 3, 4], new int[4]), new([5, 6, 7, 10], new int[4])],
            TokenTargets.Of([[2, 3, 4, 0], [6, 7, 10, 5]], Size.Vocabulary), [0, 1]);

        float first = session.Run();
        float[] gradients = session.Gradients.Span.ToArray();
        int[] largest = [.. Enumerable.Range(0, gradients.Length).OrderByDescending(i => Math.Abs(gradients[i]))
            .Take(40)];

        Assert.That(first, Is.EqualTo(Math.Log(Size.Vocabulary)).Within(0.05));
        foreach (int i in largest)
        {
            const float Step = 1e-2f;
            float before = session.Parameters.Span[i];
            session.Parameters.Span[i] = before + Step;
            double above = session.Run();
            session.Parameters.Span[i] = before - Step;
            double below = session.Run();
            session.Parameters.Span[i] = before;
            Assert.That(
                (above - below) / (2 * Step),
                Is.EqualTo(gradients[i]).Within(3e-4 + (0.03 * Math.Abs(gradients[i]))), $"parameter {i}");
        }
    }

    [Test]
    public void Its_update_is_clipped_AdamW([Values(1, 2)] int threads)
    {
        using WeightBuffer parameters = new(Device.Default, 37), gradients = new(Device.Default, 37);
        float[] start = Reference.Random(1, 37);
        start.CopyTo(parameters.Span);
        PlainAdamW update = new(parameters, gradients, threads);
        double[] first = new double[37], second = new double[37], expected = [.. start.Select(v => (double)v)];
        for (int step = 1; step <= 3; step++)
        {
            float[] g = Reference.Random(step + 1, 37);
            g.CopyTo(gradients.Span);
            double clip = Math.Min(1, 1 / Math.Sqrt(g.Sum(v => (double)v * v)));
            for (int i = 0; i < 37; i++)
            {
                double value = g[i] * clip;
                first[i] = (0.9 * first[i]) + (0.1 * value);
                second[i] = (0.999 * second[i]) + (0.001 * value * value);
                double rate = 5e-5 * Math.Sqrt(1 - Math.Pow(0.999, step)) / (1 - Math.Pow(0.9, step));
                expected[i] = (expected[i] * (1 - (5e-5 * 0.01))) - (rate * first[i] / (Math.Sqrt(second[i]) + 1e-8));
            }

            update.Step();
        }

        Assert.That(
            parameters.Span.ToArray().Select((v, i) => (double)v - start[i]),
            Is.EqualTo(expected.Select((v, i) => v - start[i])).Within(5e-7));
    }
}
