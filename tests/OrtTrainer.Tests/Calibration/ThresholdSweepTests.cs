using OrtTrainer.Calibration;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Calibration;

public class ThresholdSweepTests
{
    [Test]
    public void The_threshold_has_the_greatest_f1_of_all()
    {
        SeededRandom random = new(3);
        bool[] applies = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble() < 0.2)];
        double[] scores = [.. applies.Select(yes => Math.Round((0.5 * random.NextDouble()) + (yes ? 0.2 : 0), 2))];

        double threshold = ThresholdSweep.Of(applies, scores)!.Value;

        double best = Enumerable.Range(0, 1001).Max(i => F1(applies, scores, i / 1000.0));
        Assert.That(F1(applies, scores, threshold), Is.EqualTo(best).Within(1e-15));
        Assert.That(best, Is.GreaterThan(F1(applies, scores, ThresholdSweep.Usual)));
    }

    [Test]
    public void One_half_stays_where_nothing_is_better()
    {
        bool[] applies = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0)];

        Assert.That(
            ThresholdSweep.Of(applies, Array.ConvertAll(applies, yes => yes ? 0.9 : 0.1)),
            Is.EqualTo(ThresholdSweep.Usual));
    }

    [TestCase(9, 50)]
    [TestCase(50, 9)]
    public void Too_few_rows_with_or_without_the_label_decide_nothing(int with, int without)
    {
        bool[] applies = [.. Enumerable.Range(0, with + without).Select(i => i < with)];

        Assert.That(ThresholdSweep.Of(applies, Array.ConvertAll(applies, yes => yes ? 0.4 : 0.1)), Is.Null);
    }

    private static double F1(bool[] applies, double[] scores, double threshold)
    {
        int hits = applies.Zip(scores).Count(row => row.First && row.Second >= threshold);
        return 2.0 * hits / (applies.Count(yes => yes) + scores.Count(score => score >= threshold));
    }
}
