using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

public class CpuAdamWTests
{
    private const double Rate = 2e-3;
    private static readonly AdamWOptions Options = new() { WeightDecay = 0.1 };

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(1023)]
    [TestCase(70_001)]
    public void Every_length_gives_the_bits_of_the_scalar_formula(int length)
    {
        var layout = WeightLayout.Pack([("a", [length], true), ("b", [3], false)]);
        using var loop = new ChunkedLoop(2);
        using var optimizer = new CpuAdamW(layout, Options, loop);
        var scalar = new ScalarAdamW(layout.Length, 0.9f, 0.999f, 1e-8f);
        var weights = FlatValues.Random(layout, 1);
        var expected = (float[])weights.Clone();
        for (var step = 1; step <= 4; step++)
        {
            var gradients = FlatValues.Random(layout, 10 + step);
            optimizer.Step(Inputs(weights, gradients) with { GradientScale = 0.25 });
            scalar.Step(expected, gradients, i => i < layout.Segments[1].Offset ? 0.1 : 0, Rate, 0.25f, step);
        }

        Assert.That(weights, Is.EqualTo(expected));
        Assert.That(optimizer.States[0].Values.Span.ToArray(), Is.EqualTo(scalar.First));
        Assert.That(optimizer.States[1].Values.Span.ToArray(), Is.EqualTo(scalar.Second));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public void The_number_of_threads_does_not_change_a_bit(int threads)
    {
        var layout = WeightLayout.Pack([("a", [300_000], true), ("b", [999], false)]);
        Assert.That(Train(layout, threads, 3, _ => null), Is.EqualTo(Train(layout, 1, 3, _ => null)));
    }

    [Test]
    public void Skipping_untouched_blocks_does_not_change_a_bit()
    {
        var layout = WeightLayout.Pack(
            [("table", [1000 * WeightLayout.BlockLength], true), ("free", [5000], false)]);
        float[] Gradients(int step) => FlatValues.SparseRows(layout, step, share: 0.1);
        var everyBlock = new BlockMap(layout);
        everyBlock.Mark(0, layout.Length);

        var reading = Train(layout, 2, 5, _ => everyBlock, Gradients);
        var skipping = Train(layout, 2, 5, _ => null, Gradients);
        var told = Train(layout, 2, 5, step => FlatValues.NonZeroBlocks(layout, Gradients(step)), Gradients);

        Assert.That(skipping, Is.EqualTo(reading));
        Assert.That(told, Is.EqualTo(reading));
    }

    [Test]
    public void A_resumed_run_continues_bit_for_bit()
    {
        var layout = WeightLayout.Pack([("table", [50 * WeightLayout.BlockLength], true)]);
        float[] Gradients(int step) => FlatValues.SparseRows(layout, step, share: 0.2);
        var uninterrupted = Train(layout, 1, 6, _ => null, Gradients);

        using var loop = new ChunkedLoop(1);
        using var first = new CpuAdamW(layout, Options, loop);
        using var second = new CpuAdamW(layout, Options, loop);
        var weights = FlatValues.Random(layout, 1);
        for (var step = 1; step <= 3; step++)
        {
            first.Step(Inputs(weights, Gradients(step)));
        }

        for (var i = 0; i < first.States.Count; i++)
        {
            first.States[i].Values.Span.CopyTo(second.States[i].Values.Span);
        }

        second.Restore(first.Steps);
        for (var step = 4; step <= 6; step++)
        {
            second.Step(Inputs(weights, Gradients(step)));
        }

        Assert.That(weights, Is.EqualTo(uninterrupted));
    }

    [Test]
    public void The_average_of_the_fused_pass_is_that_of_a_separate_one()
    {
        var layout = WeightLayout.Pack([("table", [50 * WeightLayout.BlockLength], true), ("free", [1000], false)]);
        using var loop = new ChunkedLoop(2);
        using var optimizer = new CpuAdamW(layout, Options, loop);
        var weights = FlatValues.Random(layout, 1);
        var average = FlatValues.Random(layout, 2);
        var expected = (float[])average.Clone();
        for (var step = 1; step <= 4; step++)
        {
            var share = 1.0 / step;
            var inputs = Inputs(weights, FlatValues.SparseRows(layout, step, 0.2));
            optimizer.Step(inputs with { Average = average, AverageWeight = share });
            for (var i = 0; i < expected.Length; i++)
            {
                expected[i] = step == 1
                    ? weights[i]
                    : MathF.FusedMultiplyAdd((float)share, weights[i] - expected[i], expected[i]);
            }
        }

        Assert.That(average, Is.EqualTo(expected));
    }

    [Test]
    public void Tiny_decay_is_not_lost_to_rounding()
    {
        var layout = WeightLayout.Pack([("w", [64], true)]);
        using var loop = new ChunkedLoop(1);
        using var optimizer = new CpuAdamW(layout, new AdamWOptions { WeightDecay = 0.01 }, loop);
        var weights = FlatValues.Random(layout, 3);
        var start = (float[])weights.Clone();
        for (var step = 0; step < 1000; step++)
        {
            optimizer.Step(Inputs(weights, new float[layout.Length]) with { LearningRate = 5e-5 });
        }

        var kept = Math.Pow(1 - (5e-5 * 0.01), 1000);
        Assert.That(weights.Sum(w => Math.Abs(w)) / start.Sum(w => Math.Abs(w)), Is.EqualTo(kept).Within(5e-6));
    }

    [Test]
    public void A_buffer_of_the_wrong_length_is_refused()
    {
        var layout = WeightLayout.Pack([("w", [7], true)]);
        using var loop = new ChunkedLoop(1);
        using var optimizer = new CpuAdamW(layout, Options, loop);
        Assert.That(
            () => optimizer.Step(Inputs(new float[layout.Length], new float[7])),
            Throws.ArgumentException.With.Message.Contains("Gradients has 7 elements, the layout 128"));
        Assert.That(optimizer.Steps, Is.Zero);
    }

    [Test]
    public void A_gradient_scale_that_is_not_a_number_is_refused_before_anything_changes()
    {
        var layout = WeightLayout.Pack([("w", [7], true)]);
        using var loop = new ChunkedLoop(1);
        using var optimizer = new CpuAdamW(layout, Options, loop);
        var weights = FlatValues.Random(layout, 1);
        var before = (float[])weights.Clone();
        Assert.That(
            () => optimizer.Step(Inputs(weights, weights) with { GradientScale = double.NaN }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("GradientScale is NaN"));
        Assert.That(weights, Is.EqualTo(before));
    }

    [Test]
    public void Options_outside_their_range_name_field_value_and_range()
    {
        Assert.That(
            () => new AdamWOptions { Beta2 = 1 },
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
                "Beta2 is 1; expected from 0 to below 1."));
        Assert.That(() => new AdamWOptions { Epsilon = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new AdamWOptions { WeightDecay = double.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static ArrayStep Inputs(float[] weights, float[] gradients) =>
        new() { Parameters = weights, Gradients = gradients, LearningRate = Rate };

    private static float[] Train(
        WeightLayout layout,
        int threads,
        int steps,
        Func<int, BlockMap?> nonZero,
        Func<int, float[]>? gradients = null)
    {
        using var loop = new ChunkedLoop(threads);
        using var optimizer = new CpuAdamW(layout, Options, loop);
        var weights = FlatValues.Random(layout, 1);
        for (var step = 1; step <= steps; step++)
        {
            var values = gradients is null ? FlatValues.Random(layout, 10 + step) : gradients(step);
            optimizer.Step(Inputs(weights, values) with { NonZeroGradients = nonZero(step) });
        }

        return weights;
    }
}
