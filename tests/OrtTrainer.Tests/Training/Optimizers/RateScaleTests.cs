using OrtTrainer.Models;
using OrtTrainer.Training.Optimizers;

namespace OrtTrainer.Tests.Training.Optimizers;

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
        FlatParameters whole = new([.. scales.Select((scale, i) =>
            new ParameterSegment($"s{i}", i * 256, 200, HasWeightDecay: i != 1) { RateScale = scale })]);
        using ChunkedLoop loop = new(2);
        using FlatOptimizer together = Make(kind, whole, loop);
        float[] weights = FlatValues.Random(whole, 1);
        float[] start = [.. weights];
        float[][] gradients = [.. Enumerable.Range(2, 5).Select(seed => FlatValues.Random(whole, seed))];
        foreach (float[] gradient in gradients)
        {
            together.Step(new StepInputs { Parameters = weights, Gradients = gradient, LearningRate = Rate });
        }

        for (int i = 0; i < scales.Length; i++)
        {
            FlatParameters alone = new([new ParameterSegment("s", 0, 200, HasWeightDecay: i != 1)]);
            using FlatOptimizer optimizer = Make(kind, alone, loop);
            float[] own = start[(i * 256)..((i * 256) + 256)];
            foreach (float[] gradient in gradients)
            {
                optimizer.Step(new StepInputs
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
        FlatParameters layout = new(
        [
            new ParameterSegment("a", 0, 10, true), new ParameterSegment("b", 128, 300, true) { RateScale = 0.5 },
            new ParameterSegment("c", 512, 1, true), new ParameterSegment("d", 640, 1, false) { RateScale = 0.5 },
        ]);

        Assert.That(layout.Groups, Has.Count.EqualTo(3));
        Assert.That(layout.GroupOfBlocks(), Is.EqualTo(new byte[] { 0, 1, 1, 1, 0, 2 }));
    }

    private static FlatOptimizer Make(string kind, FlatParameters layout, ChunkedLoop loop) => kind switch
    {
        "adamw" => new FlatAdamW(layout, new AdamWOptions { WeightDecay = 0.1 }, loop),
        "sgd" => new FlatSgd(layout, new SgdOptions { Momentum = 0.9, WeightDecay = 0.1 }, loop),
        _ => new FlatAdafactor(layout, new AdafactorOptions(), loop),
    };
}
