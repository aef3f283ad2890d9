using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>What a step refuses, for every optimizer, before it changes anything.</summary>
public class StepInputsTests
{
    private static readonly WeightLayout Layout = WeightLayout.Pack([("w", [200], true)]);

    public static IEnumerable<TestCaseData> Optimizers()
    {
        Func<WeightUpdates, Optimizer> adam = updates => updates.CreateAdamW(Layout, new AdamWOptions());
        Func<WeightUpdates, Optimizer> sgd = updates => updates.CreateSgd(Layout, new SgdOptions { Momentum = 0.9 });
        Func<WeightUpdates, Optimizer> adafactor = updates => updates.CreateAdafactor(Layout, new AdafactorOptions());
        yield return new TestCaseData(adam).SetArgDisplayNames("AdamW");
        yield return new TestCaseData(sgd).SetArgDisplayNames("SGD");
        yield return new TestCaseData(adafactor).SetArgDisplayNames("Adafactor");
    }

    [TestCaseSource(nameof(Optimizers))]
    public void Rates_scales_and_shares_out_of_range_are_named(Func<WeightUpdates, Optimizer> make)
    {
        using WeightUpdates updates = Device.Default.CreateUpdates(1);
        using var optimizer = make(updates);
        var weights = FlatValues.Random(Layout, 1);
        var before = (float[])weights.Clone();
        void Refuses(Action step, string message) =>
            Assert.That(step, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith(message));

        Refuses(
            () => optimizer.Step(Valid(weights) with { LearningRate = -1 }), "LearningRate is -1; expected 0 or more.");
        Refuses(
            () => optimizer.Step(Valid(weights) with { LearningRate = double.PositiveInfinity }), "LearningRate is");
        Refuses(
            () => optimizer.Step(Valid(weights) with { GradientScale = double.NaN }),
            "GradientScale is NaN; expected 0 or more.");
        Refuses(
            () => optimizer.Step(Valid(weights) with { AverageWeight = 1.5 }),
            "AverageWeight is 1.5; expected from 0 to 1.");
        Assert.That(weights, Is.EqualTo(before));
        Assert.That(optimizer.Steps, Is.Zero);
    }

    [TestCaseSource(nameof(Optimizers))]
    public void Spans_and_maps_of_another_layout_are_refused(Func<WeightUpdates, Optimizer> make)
    {
        using WeightUpdates updates = Device.Default.CreateUpdates(1);
        using var optimizer = make(updates);
        var weights = FlatValues.Random(Layout, 1);
        Assert.That(
            () => optimizer.Step(Valid(weights) with { Parameters = new float[200] }),
            Throws.ArgumentException.With.Message.StartsWith("Parameters has 200 elements, the layout 256"));
        Assert.That(
            () => optimizer.Step(Valid(weights) with { Average = new float[1] }),
            Throws.ArgumentException.With.Message.StartsWith("Average has 1 elements"));
        var other = new BlockMap(WeightLayout.Pack([("w", [1], true)]));
        Assert.That(
            () => optimizer.Step(Valid(weights) with { NonZeroGradients = other }),
            Throws.ArgumentException.With.Message.StartsWith("NonZeroGradients has 1 blocks, the layout 2"));
    }

    [TestCaseSource(nameof(Optimizers))]
    public void Steps_are_counted_and_restored(Func<WeightUpdates, Optimizer> make)
    {
        using WeightUpdates updates = Device.Default.CreateUpdates(1);
        using var optimizer = make(updates);
        var weights = FlatValues.Random(Layout, 1);
        optimizer.Step(Valid(weights));
        optimizer.Step(Valid(weights));
        Assert.That(optimizer.Steps, Is.EqualTo(2));
        optimizer.Restore(40);
        Assert.That(optimizer.Steps, Is.EqualTo(40));
        Assert.That(() => optimizer.Restore(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCaseSource(nameof(Optimizers))]
    public void A_step_against_the_gradient_of_a_bowl_goes_down(Func<WeightUpdates, Optimizer> make)
    {
        using WeightUpdates updates = Device.Default.CreateUpdates(2);
        using var optimizer = make(updates);
        var weights = FlatValues.Random(Layout, 1);
        double Height() => weights.Sum(w => (double)w * w);
        var last = Height();
        for (var step = 0; step < 20; step++)
        {
            optimizer.Step(Valid(weights) with { LearningRate = 0.01 });
            Assert.That(Height(), Is.LessThan(last));
            last = Height();
        }
    }

    /// <summary>A step on half the squared length of the weights, whose gradient is the weights themselves.</summary>
    private static ArrayStep Valid(float[] weights) =>
        new() { Parameters = weights, Gradients = (float[])weights.Clone(), LearningRate = 1e-3 };
}
