using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>A segment's rate against an optimizer of its own at that rate.</summary>
public sealed class RateScaleTests
{
    private const double Rate = 0.01;

    [TestCase("adamw")]
    [TestCase("sgd")]
    [TestCase("adafactor")]
    public void A_segment_with_a_scale_steps_as_if_alone_at_the_scaled_rate(string kind)
    {
        double[] scales = [1, 0.25, 0.0625];
        WeightLayout whole = new([.. scales.Select((scale, i) =>
            new WeightSegment($"s{i}", i * 256, 200, HasWeightDecay: i != 1) { RateScale = scale })]);
        using ChunkedLoop loop = new(2);
        using Optimizer together = Make(kind, whole, loop);
        float[] weights = FlatValues.Random(whole, 1);
        float[] start = [.. weights];
        float[][] gradients = [.. Enumerable.Range(2, 5).Select(seed => FlatValues.Random(whole, seed))];
        foreach (float[] gradient in gradients)
        {
            together.Step(new ArrayStep { Parameters = weights, Gradients = gradient, LearningRate = Rate });
        }

        for (int i = 0; i < scales.Length; i++)
        {
            WeightLayout alone = new([new WeightSegment("s", 0, 200, HasWeightDecay: i != 1)]);
            using Optimizer optimizer = Make(kind, alone, loop);
            float[] own = start[(i * 256)..((i * 256) + 256)];
            foreach (float[] gradient in gradients)
            {
                optimizer.Step(new ArrayStep
                {
                    Parameters = own, Gradients = gradient[(i * 256)..((i * 256) + 256)],
                    LearningRate = Rate * scales[i],
                });
            }

            Assert.That(weights[(i * 256)..((i * 256) + 256)], Is.EqualTo(own), $"segment {i}");
        }
    }

    [Test]
    public void Segments_that_agree_share_a_group()
    {
        WeightLayout layout = new(
        [
            new WeightSegment("a", 0, 10, true), new WeightSegment("b", 128, 300, true) { RateScale = 0.5 },
            new WeightSegment("c", 512, 1, true), new WeightSegment("d", 640, 1, false) { RateScale = 0.5 },
        ]);

        Assert.That(layout.Groups, Has.Count.EqualTo(3));
        Assert.That(layout.GroupOfBlocks(), Is.EqualTo(new byte[] { 0, 1, 1, 1, 0, 2 }));
    }

    private static Optimizer Make(string kind, WeightLayout layout, ChunkedLoop loop) => kind switch
    {
        "adamw" => new CpuAdamW(layout, new AdamWOptions { WeightDecay = 0.1 }, loop),
        "sgd" => new CpuSgd(layout, new SgdOptions { Momentum = 0.9, WeightDecay = 0.1 }, loop),
        _ => new CpuAdafactor(layout, new AdafactorOptions(), loop),
    };
}
