using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Training.Schedules;

internal class ScheduleTests
{
    [Test]
    public void Every_kind_builds_a_schedule_that_warms_up_to_its_peak_and_never_exceeds_it()
    {
        foreach (var kind in Enum.GetValues<ScheduleKind>())
        {
            var schedule = new ScheduleOptions
            {
                Kind = kind,
                LearningRate = 3e-4,
                WarmupSteps = 10,
                TotalSteps = 100,
            }.Build();
            var rates = Enumerable.Range(0, 150).Select(step => schedule.RateAt(step)).ToArray();
            Assert.That(rates[10], Is.EqualTo(3e-4).Within(1e-15), $"{kind}");
            Assert.That(rates, Is.All.InRange(0, 3e-4 + 1e-15), $"{kind}");
            Assert.That(rates[5], Is.EqualTo(kind == ScheduleKind.Constant ? 3e-4 : 1.5e-4).Within(1e-15), $"{kind}");
        }
    }

    [TestCase(ScheduleKind.Linear)]
    [TestCase(ScheduleKind.Cosine)]
    [TestCase(ScheduleKind.CosineWithRestarts)]
    public void A_schedule_that_falls_to_zero_is_zero_at_the_end(ScheduleKind kind)
    {
        var schedule = new ScheduleOptions { Kind = kind, TotalSteps = 40 }.Build();
        Assert.That(schedule.RateAt(40), Is.EqualTo(0).Within(1e-20));
    }

    [Test]
    public void Warm_up_as_long_as_the_run_is_no_division_by_zero()
    {
        var schedule = new LinearSchedule(1, 5, 5);
        Assert.That(
            Enumerable.Range(0, 7).Select(s => schedule.RateAt(s)), Is.EqualTo(new[] { 0, 0.2, 0.4, 0.6, 0.8, 1, 0 }));
    }

    [TestCase(AnnealShape.Linear, new[] { 1.0, 0.9, 0.8, 0.6, 0.4, 0.4 })]
    [TestCase(AnnealShape.Cosine, new[] { 1.0, 0.9, 0.8, 0.6, 0.4, 0.4 })]
    public void Annealing_starts_from_the_rate_reached(AnnealShape shape, double[] expected)
    {
        var schedule = new SwaAnnealSchedule(new LinearSchedule(1, 0, 10), start: 2, rate: 0.4, anneal: 2, shape);
        Assert.That(Enumerable.Range(0, 6).Select(s => schedule.RateAt(s)), Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void Annealing_in_no_steps_jumps() =>
        Assert.That(
            new SwaAnnealSchedule(new ConstantSchedule(1), 3, 0.1, 0, AnnealShape.Linear).RateAt(3), Is.EqualTo(0.1));

    [Test]
    public void Cycles_begin_at_their_start_and_end_low()
    {
        var schedule = new SwaCyclicalSchedule(new ConstantSchedule(9), start: 1, cycle: 2, high: 3, low: 1);
        Assert.That(Enumerable.Range(0, 5).Select(s => schedule.RateAt(s)), Is.EqualTo(new double[] { 9, 2, 1, 2, 1 }));
    }

    [Test]
    public void Numbers_that_make_no_sense_are_refused_by_name()
    {
        Assert.That(() => new ScheduleOptions { LearningRate = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ScheduleOptions { TotalSteps = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new ScheduleOptions { Kind = ScheduleKind.CosineWithRestarts, Cycles = 1.5 }.Build(),
            Throws.ArgumentException.With.Message.Contains("Cycles is 1.5; cosine_with_restarts needs a whole number"));
        Assert.That(
            () => new PolynomialSchedule(1e-3, 0, 10, 1, end: 1e-2),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
                "end is 0.01; expected from 0 to below 0.001."));
        Assert.That(() => new ConstantSchedule(1).RateAt(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
