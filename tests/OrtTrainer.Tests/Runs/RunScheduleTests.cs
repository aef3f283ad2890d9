using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Runs;

public sealed class RunScheduleTests
{
    private const long Total = 100;

    private static readonly FineTuneOptions Options = new()
    {
        Model = "model",
        Output = "out",
        Data = new DataOptions { Train = "train.tsv" },
        LearningRate = 1,
        Warmup = 0.1,
    };

    [Test]
    public void Plain_fine_tuning_warms_up_and_falls_linearly_to_zero()
    {
        LearningRateSchedule schedule = RunSchedule.Of(Options with { Method = FineTuneMethod.FineTune }, Total);

        Assert.That(schedule.RateAt(0), Is.Zero);
        Assert.That(schedule.RateAt(5), Is.EqualTo(0.5).Within(1e-12));
        Assert.That(schedule.RateAt(10), Is.EqualTo(1).Within(1e-12));
        Assert.That(schedule.RateAt(55), Is.EqualTo(0.5).Within(1e-12));
        Assert.That(schedule.RateAt(100), Is.Zero.Within(1e-12));
    }

    [Test]
    public void SWA_keeps_the_rate_high_to_the_end()
    {
        LearningRateSchedule schedule = RunSchedule.Of(Options, Total);

        Assert.That(schedule.RateAt(5), Is.EqualTo(0.5).Within(1e-12));
        Assert.That(Enumerable.Range(10, 90).Select(s => schedule.RateAt(s)), Is.All.EqualTo(1));
    }

    [TestCase(0.5, 10)]
    [TestCase(0.25, 7)]
    [TestCase(0.33, 4)]
    public void A_cyclical_rate_is_lowest_exactly_at_the_steps_that_are_averaged(double start, long interval)
    {
        FineTuneOptions options = With(new Swa { Rate = SwaRate.Cyclical, Start = start, Interval = interval });
        LearningRateSchedule schedule = RunSchedule.Of(options, Total);
        AveragingPlan plan = new() { TotalSteps = Total, StartFraction = start, Interval = interval };

        for (long step = plan.StartStep; step < Total; step++)
        {
            double rate = schedule.RateAt(step);
            Assert.That(rate, plan.IsDue(step + 1) ? Is.EqualTo(0.1).Within(1e-12)
                : Is.GreaterThan(0.1 + 1e-6), $"step {step}");
        }

        Assert.That(schedule.RateAt(plan.StartStep - 1), Is.EqualTo(1));
    }

    [Test]
    public void An_annealed_rate_falls_within_a_tenth_of_the_run_and_stays()
    {
        LearningRateSchedule schedule =
            RunSchedule.Of(With(new Swa { Rate = SwaRate.Anneal, LearningRate = 0.2 }), Total);

        Assert.That(schedule.RateAt(50), Is.EqualTo(1));
        Assert.That(schedule.RateAt(55), Is.EqualTo(0.6).Within(1e-12));
        Assert.That(Enumerable.Range(60, 40).Select(s => schedule.RateAt(s)), Is.All.EqualTo(0.2).Within(1e-12));
        Assert.That(Enumerable.Range(50, 10).Select(s => schedule.RateAt(s)), Is.Ordered.Descending);
    }

    [Test]
    public void SWAG_has_the_tail_of_SWA()
    {
        LearningRateSchedule swa = RunSchedule.Of(With(new Swa { Rate = SwaRate.Cyclical, Interval = 10 }), Total);
        LearningRateSchedule swag = RunSchedule.Of(With(new Swag { Rate = SwaRate.Cyclical, Interval = 10 }), Total);

        Assert.That(Enumerable.Range(0, 100).Select(s => swag.RateAt(s)),
            Is.EqualTo(Enumerable.Range(0, 100).Select(s => swa.RateAt(s))));
    }

    [Test]
    public void A_constant_rate_has_no_warm_up() =>
        Assert.That(RunSchedule.Of(Options with { Schedule = ScheduleKind.Constant }, Total).RateAt(0), Is.EqualTo(1));

    [TestCase(1.1, 10, 11)]
    [TestCase(0.29, 100, 29)]
    [TestCase(0.06, 50, 3)]
    [TestCase(0.06, 51, 4)]
    [TestCase(3, 171, 513)]
    [TestCase(0, 10, 0)]
    public void Shares_of_steps_are_rounded_up_but_not_for_the_sake_of_float_rounding(
        double share, long steps, long expected) =>
        Assert.That(RunLength.StepsOf(share, steps), Is.EqualTo(expected));

    private static FineTuneOptions With(MethodPart average) => Options with { Method = FineTuneMethod.Of(average) };
}
