using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Training.Schedules;

/// <summary>Points of every curve that can be worked out by hand: peak 8, warm-up 4, 20 steps.</summary>
public class ScheduleCurveTests
{
    [TestCase(ScheduleKind.ConstantWithWarmup, 19, 8)]
    [TestCase(ScheduleKind.Linear, 12, 4)]
    [TestCase(ScheduleKind.Linear, 18, 1)]
    [TestCase(ScheduleKind.Linear, 99, 0)]
    [TestCase(ScheduleKind.Cosine, 8, 4 + (2 * 1.4142135623730951))]
    [TestCase(ScheduleKind.Cosine, 12, 4)]
    [TestCase(ScheduleKind.Cosine, 20, 0)]
    [TestCase(ScheduleKind.Polynomial, 12, 4)]
    [TestCase(ScheduleKind.Polynomial, 50, 1e-7)]
    [TestCase(ScheduleKind.InverseSqrt, 16, 4)]
    [TestCase(ScheduleKind.InverseSqrt, 64, 2)]
    public void A_curve_passes_through_the_point(ScheduleKind kind, int step, double expected) =>
        Assert.That(Options(kind).Build().RateAt(step), Is.EqualTo(expected).Within(1e-6));

    [Test]
    public void Restarts_return_to_the_peak()
    {
        var schedule = (Options(ScheduleKind.CosineWithRestarts) with { Cycles = 2 }).Build();
        Assert.That(schedule.RateAt(8), Is.EqualTo(4).Within(1e-12));
        Assert.That(schedule.RateAt(12), Is.EqualTo(8).Within(1e-12));
        Assert.That(schedule.RateAt(16), Is.EqualTo(4).Within(1e-12));
    }

    [Test]
    public void A_power_bends_the_polynomial()
    {
        var schedule = (Options(ScheduleKind.Polynomial) with { Power = 2, EndRate = 4 }).Build();
        Assert.That(schedule.RateAt(12), Is.EqualTo(5).Within(1e-12));
    }

    [Test]
    public void A_longer_timescale_falls_slower_and_leaves_from_the_peak()
    {
        var schedule = (Options(ScheduleKind.InverseSqrt) with { Timescale = 100 }).Build();
        Assert.That(schedule.RateAt(4), Is.EqualTo(8).Within(1e-12));
        Assert.That(schedule.RateAt(304), Is.EqualTo(4).Within(1e-12));
    }

    private static ScheduleOptions Options(ScheduleKind kind) =>
        new() { Kind = kind, LearningRate = 8, WarmupSteps = 4, TotalSteps = 20 };
}
