using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Training.Schedules;

/// <summary>What every curve has in common, whatever its numbers.</summary>
internal class ScheduleShapeTests
{
    private static IEnumerable<ScheduleKind> Falling() =>
        Enum.GetValues<ScheduleKind>().Except([ScheduleKind.CosineWithRestarts]);

    [Test]
    public void After_the_warm_up_no_curve_without_restarts_ever_rises(
        [ValueSource(nameof(Falling))] ScheduleKind kind, [Values(0, 7, 99)] int warmup)
    {
        var rates = Rates(kind, 1, warmup, 100, 101);
        Assert.That(rates[(kind == ScheduleKind.Constant ? 0 : warmup)..], Is.Ordered.Descending);
    }

    [Test]
    public void The_warm_up_is_a_straight_line_from_zero([Values] ScheduleKind kind, [Values(1, 2, 13)] int warmup)
    {
        var rates = Rates(kind, 3, warmup, 100, warmup + 1);
        var expected = kind == ScheduleKind.Constant
            ? Enumerable.Repeat(3.0, warmup + 1)
            : Enumerable.Range(0, warmup + 1).Select(step => 3.0 * step / warmup);
        Assert.That(rates, Is.EqualTo(expected).Within(1e-14));
    }

    [Test]
    public void Curves_are_proportional_to_their_peak([Values] ScheduleKind kind)
    {
        // But for the polynomial's end rate, which is a rate of its own.
        var (one, thousandth) = (Rates(kind, 1, 5, 40, 60), Rates(kind, 1e-3, 5, 40, 60));
        var slack = kind == ScheduleKind.Polynomial ? 1e-6 : 1e-15;
        Assert.That(thousandth, Is.EqualTo(one.Select(rate => rate / 1000)).Within(slack));
    }

    [Test]
    public void A_longer_run_is_the_same_curve_on_a_longer_axis()
    {
        foreach (var kind in new[] { ScheduleKind.Linear, ScheduleKind.Cosine, ScheduleKind.Polynomial })
        {
            var (short_, long_) = (Rates(kind, 1, 10, 50, 51), Rates(kind, 1, 30, 150, 151));
            Assert.That(
                Enumerable.Range(0, 51).Select(step => long_[3 * step]), Is.EqualTo(short_).Within(1e-14), $"{kind}");
        }
    }

    [Test]
    public void A_step_of_a_run_of_billions_is_no_overflow()
    {
        foreach (var kind in Enum.GetValues<ScheduleKind>())
        {
            var schedule = new ScheduleOptions
            {
                Kind = kind, LearningRate = 1, WarmupSteps = 10, TotalSteps = 1L << 50,
            }.Build();
            Assert.That(schedule.RateAt(1L << 49), Is.InRange(0, 1), $"{kind}");
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(5)]
    public void Restarts_are_as_many_equal_falls(int cycles)
    {
        var schedule = new CosineRestartSchedule(1, 0, 16 * cycles, cycles);
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            // A quarter into a fall: (1 + cos(π/4)) / 2.
            Assert.That(schedule.RateAt((16 * cycle) + 4), Is.EqualTo((1 + Math.Sqrt(0.5)) / 2).Within(1e-12));
            Assert.That(schedule.RateAt((16 * cycle) + 8), Is.EqualTo(0.5).Within(1e-12));
        }
    }

    [Test]
    public void A_full_cosine_cycle_comes_back_up()
    {
        var schedule = new CosineSchedule(1, 0, 40, cycles: 1);
        Assert.That(schedule.RateAt(20), Is.Zero.Within(1e-15));
        Assert.That(schedule.RateAt(30), Is.EqualTo(0.5).Within(1e-15));
        Assert.That(schedule.RateAt(40), Is.EqualTo(1).Within(1e-15));
    }

    [Test]
    public void Averaging_leaves_the_part_before_its_start_alone([Values(0, 1, 17)] int start)
    {
        var before = new CosineSchedule(1, 4, 40);
        LearningRateSchedule[] tails =
        [
            new SwaAnnealSchedule(before, start, 0.2, 10, AnnealShape.Cosine),
            new SwaCyclicalSchedule(before, start, 5, 0.9, 0.1),
        ];
        foreach (var schedule in tails)
        {
            Assert.That(
                Enumerable.Range(0, start).Select(step => schedule.RateAt(step)),
                Is.EqualTo(Enumerable.Range(0, start).Select(step => before.RateAt(step))));
        }
    }

    [Test]
    public void Annealing_is_half_way_in_the_middle_and_stays_where_it_ends([Values] AnnealShape shape)
    {
        var schedule = new SwaAnnealSchedule(new ConstantSchedule(1), 10, 0.4, 8, shape);
        Assert.That(schedule.RateAt(14), Is.EqualTo(0.7).Within(1e-15));
        Assert.That(schedule.RateAt(18), Is.EqualTo(0.4).Within(1e-15));
        Assert.That(schedule.RateAt(1_000_000), Is.EqualTo(0.4).Within(1e-15));
    }

    [Test]
    public void A_cycle_of_one_step_stays_low() =>
        Assert.That(
            Enumerable.Range(0, 4).Select(s => new SwaCyclicalSchedule(new ConstantSchedule(9), 0, 1, 3, 1).RateAt(s)),
            Is.All.EqualTo(1));

    [Test]
    public void Settings_of_averaging_out_of_range_are_named()
    {
        var before = new ConstantSchedule(1);
        void Refuses(Func<object> make, string message) =>
            Assert.That(make, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith(message));

        Refuses(() => new SwaAnnealSchedule(before, -1, 0, 0, AnnealShape.Linear), "start is -1; expected 0 or more.");
        Refuses(() => new SwaAnnealSchedule(before, 0, -1, 0, AnnealShape.Linear), "rate is -1; expected 0 or more.");
        Refuses(() => new SwaAnnealSchedule(before, 0, 0, -1, AnnealShape.Linear), "anneal is -1; expected 0 or more.");
        Refuses(() => new SwaCyclicalSchedule(before, 0, 0, 1, 0), "cycle is 0; expected 1 or more.");
        Refuses(() => new SwaCyclicalSchedule(before, 0, 1, double.NaN, 0), "high is NaN; expected 0 or more.");
        Refuses(() => new SwaCyclicalSchedule(before, 0, 1, 1, -0.5), "low is -0.5; expected 0 or more.");
        Refuses(() => new CosineSchedule(1, 0, 10, cycles: 0), "cycles is 0; expected above 0.");
        Refuses(() => new LinearSchedule(1, -1, 10), "warmup is -1; expected 0 or more.");
        Refuses(() => new InverseSquareRootSchedule(1, 0, 0), "timescale is 0; expected 1 or more.");
    }

    private static double[] Rates(ScheduleKind kind, double peak, int warmup, int total, int steps)
    {
        var schedule = new ScheduleOptions
        {
            Kind = kind, LearningRate = peak, WarmupSteps = warmup, TotalSteps = total,
        }.Build();
        return [.. Enumerable.Range(0, steps).Select(step => schedule.RateAt(step))];
    }
}
