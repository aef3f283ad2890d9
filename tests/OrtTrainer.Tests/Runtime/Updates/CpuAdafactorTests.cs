using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

public class CpuAdafactorTests
{
    [Test]
    public void A_matrix_follows_the_factored_formula()
    {
        const int Rows = 3;
        const int Columns = 5;
        const double Rate = 0.05;
        var layout = WeightLayout.Pack([("m", [Rows, Columns], true)]);
        using var loop = new ChunkedLoop(2);
        using var optimizer = new CpuAdafactor(layout, new AdafactorOptions { WeightDecay = 0.1 }, loop);
        var weights = FlatValues.Random(layout, 1);
        var expected = Array.ConvertAll(weights, w => (double)w);
        var (rowMoments, columnMoments) = (new double[Rows], new double[Columns]);
        for (var step = 1; step <= 4; step++)
        {
            var g = FlatValues.Random(layout, step + 10);
            optimizer.Step(new ArrayStep { Parameters = weights, Gradients = g, LearningRate = Rate });

            var share = Math.Pow(step, -0.8);
            for (var r = 0; r < Rows; r++)
            {
                var mean = Enumerable.Range(0, Columns).Average(c => Square(g[(r * Columns) + c]));
                rowMoments[r] = ((1 - share) * rowMoments[r]) + (share * mean);
            }

            for (var c = 0; c < Columns; c++)
            {
                var mean = Enumerable.Range(0, Rows).Average(r => Square(g[(r * Columns) + c]));
                columnMoments[c] = ((1 - share) * columnMoments[c]) + (share * mean);
            }

            var meanOfRows = rowMoments.Average();
            var update = Enumerable.Range(0, Rows * Columns)
                .Select(i => g[i] / Math.Sqrt(rowMoments[i / Columns] * columnMoments[i % Columns] / meanOfRows))
                .ToArray();
            var size = Math.Max(1e-3, Math.Sqrt(expected.Take(update.Length).Average(Square)));
            var alpha = size * Math.Min(Rate, 1 / Math.Sqrt(step)) / Math.Max(1, Math.Sqrt(update.Average(Square)));
            for (var i = 0; i < update.Length; i++)
            {
                expected[i] = (expected[i] * (1 - (Rate * 0.1))) - (alpha * update[i]);
            }
        }

        Assert.That(Array.ConvertAll(weights, w => (double)w), Is.EqualTo(expected).Within(1e-6));
        Assert.That(optimizer.States[0].Values.Length, Is.EqualTo(Rows + Columns));
    }

    [Test]
    public void Tensors_do_not_influence_each_other_and_threads_do_not_matter()
    {
        var both = WeightLayout.Pack([("a", [17, 9], true), ("none", [0], true), ("b", [1023], false)]);
        var alone = WeightLayout.Pack([("b", [1023], false)]);
        var together = Train(both, 3);
        Assert.That(together, Is.EqualTo(Train(both, 1)));
        Assert.That(
            together.AsSpan(both.Segments[2].Offset, 1023).ToArray(), Is.EqualTo(Train(alone, 1, fill: 2)[..1023]));
    }

    [Test]
    public void The_average_is_brought_up_to_date_with_the_step()
    {
        var layout = WeightLayout.Pack([("a", [20], true)]);
        using var loop = new ChunkedLoop(1);
        using var optimizer = new CpuAdafactor(layout, new AdafactorOptions(), loop);
        var weights = FlatValues.Random(layout, 1);
        var average = new float[layout.Length];
        optimizer.Step(new ArrayStep
        {
            Parameters = weights, Gradients = weights, LearningRate = 0.1, Average = average, AverageWeight = 0.5,
        });
        Assert.That(average, Is.EqualTo(Array.ConvertAll(weights, w => w / 2)).Within(1e-7f));
    }

    private static float[] Train(WeightLayout layout, int threads, int fill = 0)
    {
        using var loop = new ChunkedLoop(threads);
        using var optimizer = new CpuAdafactor(layout, new AdafactorOptions(), loop);
        var (weights, gradients) = (new float[layout.Length], new float[layout.Length]);
        for (var s = 0; s < layout.Segments.Count; s++)
        {
            var segment = layout.Segments[s];
            var random = new Random(s + fill);
            for (var i = segment.Offset; i < segment.End; i++)
            {
                (weights[i], gradients[i]) = (random.NextSingle() - 0.5f, random.NextSingle() - 0.5f);
            }
        }

        for (var step = 0; step < 3; step++)
        {
            optimizer.Step(new ArrayStep { Parameters = weights, Gradients = gradients, LearningRate = 0.01 });
        }

        return weights;
    }

    private static double Square(double value) => value * value;

    private static double Square(float value) => (double)value * value;
}
