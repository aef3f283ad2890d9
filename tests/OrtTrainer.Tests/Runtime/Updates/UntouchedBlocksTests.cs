using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>Leaving out blocks must never show in the bits, whichever optimizer, decay, average and hint.</summary>
public class UntouchedBlocksTests
{
    private static readonly WeightLayout Layout = WeightLayout.Pack(
        [("table", [700, WeightLayout.BlockLength], true), ("free", [300, WeightLayout.BlockLength], false)]);

    public static IEnumerable<TestCaseData> Optimizers()
    {
        static TestCaseData Case(string name, Func<WeightUpdates, Optimizer> make) =>
            new TestCaseData(make).SetArgDisplayNames(name);
        var adam = new AdamWOptions { WeightDecay = 0.1 };
        yield return Case("AdamW", updates => updates.CreateAdamW(Layout, adam));
        yield return Case("Adam with L2", updates => updates.CreateAdamW(Layout, adam with { DecoupledDecay = false }));
        yield return Case("Adam", updates => updates.CreateAdamW(Layout, adam with { WeightDecay = 0 }));
        yield return Case("SGD", updates => updates.CreateSgd(Layout, new SgdOptions { WeightDecay = 0.1 }));
        yield return Case(
            "momentum", updates => updates.CreateSgd(Layout, new SgdOptions { Momentum = 0.9, WeightDecay = 0.1 }));
    }

    [TestCaseSource(nameof(Optimizers))]
    public void Weights_state_and_average_have_the_same_bits(Func<WeightUpdates, Optimizer> make)
    {
        var everything = new BlockMap(Layout);
        everything.Mark(0, Layout.Length);
        var expected = Train(make, 1, (_, _) => everything);
        Assert.That(Train(make, 2, (_, _) => null), Is.EqualTo(expected), "found by scanning");
        Assert.That(Train(make, 3, Measured), Is.EqualTo(expected), "found by the norm");
    }

    [Test]
    public void State_of_rows_without_gradients_stays_zero_and_their_weights_only_decay()
    {
        using WeightUpdates updates = Device.Default.CreateUpdates(1);
        using var optimizer = updates.CreateAdamW(Layout, new AdamWOptions { WeightDecay = 0.5 });
        var weights = new float[Layout.Length];
        weights.AsSpan().Fill(64);
        var gradients = new float[Layout.Length];
        gradients[5 * WeightLayout.BlockLength] = 1;
        optimizer.Step(new ArrayStep { Parameters = weights, Gradients = gradients, LearningRate = 0.25 });
        Assert.That(weights[4 * WeightLayout.BlockLength], Is.EqualTo(56f));
        Assert.That(weights[5 * WeightLayout.BlockLength], Is.EqualTo(55.75f));
        Assert.That(weights[700 * WeightLayout.BlockLength], Is.EqualTo(64f));
        Assert.That(optimizer.States[0].Values.Span.ToArray().Count(m => m != 0), Is.EqualTo(1));
    }

    private static BlockMap? Measured(GradientNorm norm, float[] gradients)
    {
        norm.Measure(gradients);
        return norm.NonZero;
    }

    private static float[] Train(
        Func<WeightUpdates, Optimizer> make, int threads, Func<GradientNorm, float[], BlockMap?> nonZero)
    {
        using WeightUpdates updates = Device.Default.CreateUpdates(threads);
        using var optimizer = make(updates);
        var norm = updates.CreateNorm(Layout);
        var weights = FlatValues.Random(Layout, 1);
        var average = new float[Layout.Length];
        for (var step = 1; step <= 5; step++)
        {
            var gradients = FlatValues.SparseRows(Layout, step, 0.1);
            optimizer.Step(new ArrayStep
            {
                Parameters = weights,
                Gradients = gradients,
                LearningRate = 0.01,
                NonZeroGradients = nonZero(norm, gradients),
                Average = average,
                AverageWeight = 1.0 / step,
            });
        }

        return [.. weights, .. average, .. optimizer.States.SelectMany(state => state.Values.Span.ToArray())];
    }
}
