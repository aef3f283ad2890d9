using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

public class CpuSgdTests
{
    [Test]
    public void Every_kind_follows_the_scalar_formula_on_every_length(
        [Values(0, 1, 15, 16, 17, 1023)] int length, [Values(0, 0.9)] double momentum, [Values] bool nesterov)
    {
        if (momentum == 0 && nesterov)
        {
            return;
        }

        var layout = WeightLayout.Pack([("a", [length], true), ("b", [5], false)]);
        using var loop = new ChunkedLoop(2);
        var options = new SgdOptions { Momentum = momentum, Nesterov = nesterov, WeightDecay = 0.1 };
        using var optimizer = new CpuSgd(layout, options, loop);
        var weights = FlatValues.Random(layout, 1);
        var expected = (float[])weights.Clone();
        var velocity = new float[layout.Length];
        for (var step = 0; step < 3; step++)
        {
            var gradients = FlatValues.SparseRows(layout, step, 0.5);
            optimizer.Step(new ArrayStep { Parameters = weights, Gradients = gradients, LearningRate = 0.1 });
            for (var i = 0; i < expected.Length; i++)
            {
                var decay = i < layout.Segments[1].Offset ? 0.1f : 0;
                var gradient = MathF.FusedMultiplyAdd(decay, expected[i], gradients[i]);
                velocity[i] = MathF.FusedMultiplyAdd((float)momentum, velocity[i], gradient);
                var direction = nesterov ? MathF.FusedMultiplyAdd((float)momentum, velocity[i], gradient) : velocity[i];
                expected[i] = MathF.FusedMultiplyAdd(-0.1f, direction, expected[i]);
            }
        }

        Assert.That(weights, Is.EqualTo(expected));
    }

    [Test]
    public void Without_momentum_there_is_no_state()
    {
        using var loop = new ChunkedLoop(1);
        using var optimizer = new CpuSgd(WeightLayout.Pack([("a", [3], true)]), new SgdOptions(), loop);
        Assert.That(optimizer.States, Is.Empty);
    }

    [Test]
    public void A_resumed_run_keeps_its_velocity()
    {
        var layout = WeightLayout.Pack([("a", [300], true)]);
        using var loop = new ChunkedLoop(1);
        using var first = new CpuSgd(layout, new SgdOptions { Momentum = 0.9 }, loop);
        using var second = new CpuSgd(layout, new SgdOptions { Momentum = 0.9 }, loop);
        var weights = FlatValues.Random(layout, 1);
        var zero = new float[layout.Length];
        first.Step(
            new ArrayStep { Parameters = weights, Gradients = FlatValues.Random(layout, 2), LearningRate = 0.1 });
        first.States[0].Values.Span.CopyTo(second.States[0].Values.Span);
        second.Restore(1);

        var resumed = (float[])weights.Clone();
        first.Step(new ArrayStep { Parameters = weights, Gradients = zero, LearningRate = 0.1 });
        second.Step(new ArrayStep { Parameters = resumed, Gradients = zero, LearningRate = 0.1 });
        Assert.That(resumed, Is.EqualTo(weights));
    }

    [Test]
    public void Nesterov_without_momentum_is_refused()
    {
        using var loop = new ChunkedLoop(1);
        Assert.That(
            () => new CpuSgd(WeightLayout.Pack([("a", [3], true)]), new SgdOptions { Nesterov = true }, loop),
            Throws.ArgumentException.With.Message.StartsWith("Nesterov needs a Momentum above 0; found 0."));
    }
}
