using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>The update against the papers' formulas in float64, and properties that follow from them.</summary>
public class AdamWFormulaTests
{
    [TestCase(true)]
    [TestCase(false)]
    public void Many_steps_stay_close_to_the_papers_formula_in_float64(bool decoupled)
    {
        const double Rate = 1e-3;
        var constants = new AdamWOptions { Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-6, WeightDecay = 0.05 };
        var options = constants with { DecoupledDecay = decoupled };
        var layout = WeightLayout.Pack([("w", [50], true)]);
        using var loop = new ChunkedLoop(1);
        using var optimizer = new CpuAdamW(layout, options, loop);
        var weights = FlatValues.Random(layout, 1);
        var expected = Array.ConvertAll(weights, w => (double)w);
        var (m, v) = (new double[expected.Length], new double[expected.Length]);
        for (var step = 1; step <= 200; step++)
        {
            var gradients = FlatValues.Random(layout, step);
            optimizer.Step(new ArrayStep { Parameters = weights, Gradients = gradients, LearningRate = Rate });
            for (var i = 0; i < 50; i++)
            {
                var g = gradients[i] + (decoupled ? 0 : 0.05 * expected[i]);
                m[i] = (0.8 * m[i]) + (0.2 * g);
                v[i] = (0.99 * v[i]) + (0.01 * g * g);
                var corrected = m[i] / (1 - Math.Pow(0.8, step));
                var root = Math.Sqrt(v[i] / (1 - Math.Pow(0.99, step)));
                expected[i] -= Rate * ((corrected / (root + 1e-6)) + (decoupled ? 0.05 * expected[i] : 0));
            }
        }

        Assert.That(Array.ConvertAll(weights, w => (double)w), Is.EqualTo(expected).Within(5e-6));
    }

    [Test]
    public void The_first_step_is_the_learning_rate_in_the_direction_of_the_sign()
    {
        var (weights, _) = OneStep([1, 1, 1, 1], [3e-4f, -7, 1e3f, 0], decays: false, rate: 0.01);
        Assert.That(weights[..4], Is.EqualTo(new[] { 0.99f, 1.01f, 0.99f, 1 }).Within(1e-6f));
    }

    [Test]
    public void A_scale_on_the_gradients_is_the_same_as_scaled_gradients()
    {
        var (scaled, _) = OneStep([1, 2, 3], [0.5f, -0.25f, 4], decays: true, rate: 0.1, scale: 0.25);
        var (plain, _) = OneStep([1, 2, 3], [0.125f, -0.0625f, 1], decays: true, rate: 0.1);
        Assert.That(scaled, Is.EqualTo(plain));
    }

    [Test]
    public void Decay_acts_where_the_tensor_has_it_and_nowhere_else()
    {
        var layout = WeightLayout.Pack([("weight", [2], true), ("bias", [2], false)]);
        using var loop = new ChunkedLoop(1);
        using var optimizer = new CpuAdamW(layout, new AdamWOptions { WeightDecay = 0.5 }, loop);
        var weights = new float[layout.Length];
        weights[0] = weights[128] = 8;
        var gradients = new float[layout.Length];
        optimizer.Step(new ArrayStep { Parameters = weights, Gradients = gradients, LearningRate = 0.25 });
        Assert.That((weights[0], weights[128]), Is.EqualTo((7f, 8f)));
    }

    [Test]
    public void A_learning_rate_of_zero_moves_nothing_but_the_moments()
    {
        var (weights, first) = OneStep([1, -2], [1, 1], decays: true, rate: 0);
        Assert.That(weights[..2], Is.EqualTo(new[] { 1f, -2 }));
        Assert.That(first[0], Is.EqualTo(0.1f).Within(1e-8f));
    }

    [Test]
    public void Padding_stays_zero()
    {
        var (weights, first) = OneStep([1], [1], decays: true, rate: 0.1);
        Assert.That(weights[1..], Is.All.Zero);
        Assert.That(first[1..], Is.All.Zero);
    }

    private static (float[] Weights, float[] First) OneStep(
        float[] start, float[] gradients, bool decays, double rate, double scale = 1)
    {
        var layout = WeightLayout.Pack([("w", [start.Length], decays)]);
        using var loop = new ChunkedLoop(1);
        using var optimizer = new CpuAdamW(layout, new AdamWOptions { WeightDecay = 0.1 }, loop);
        var (weights, padded) = (new float[layout.Length], new float[layout.Length]);
        start.CopyTo(weights, 0);
        gradients.CopyTo(padded, 0);
        optimizer.Step(
            new ArrayStep { Parameters = weights, Gradients = padded, LearningRate = rate, GradientScale = scale });
        return (weights, optimizer.States[0].Values.Span.ToArray());
    }
}
