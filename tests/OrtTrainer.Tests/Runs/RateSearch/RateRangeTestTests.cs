using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs.RateSearch;

namespace OrtTrainer.Tests.Runs.RateSearch;

public class RateRangeTestTests
{
    [Test]
    public void Losses_fall_and_then_diverge_and_nothing_is_written()
    {
        using TinyTask tiny = new();
        FineTuneOptions options = tiny.Options("out") with { Method = FineTuneMethod.FineTune };

        RateCurve curve = RateRangeTest.Run(options, 1e-5, 10, steps: 60);

        Assert.That(curve.Points[0].Rate, Is.EqualTo(1e-5).Within(1e-12));
        Assert.That(curve.Points.Min(point => point.Smoothed), Is.LessThan(curve.Points[0].Smoothed));
        Assert.That(curve.Steepest, Is.InRange(1e-4, 1));
        Assert.That(Directory.Exists(tiny.Output("out")), Is.False);
        Assert.That(RateRangeTest.Run(options, 1e-5, 10, steps: 60).Points, Is.EqualTo(curve.Points));
    }
}
