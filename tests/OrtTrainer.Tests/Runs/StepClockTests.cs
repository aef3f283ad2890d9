using OrtTrainer.Runs;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Runs;

public sealed class StepClockTests
{
    [Test]
    public void Speed_and_time_left_follow_the_last_twenty_steps()
    {
        StepClock clock = new(totalSteps: 100);
        for (int step = 1; step <= 10; step++)
        {
            clock.Add(Report(step, tokens: 1), seconds: 100);
        }

        for (int step = 11; step <= 30; step++)
        {
            clock.Add(Report(step, tokens: 50), seconds: 0.5);
        }

        Assert.That(clock.TokensPerSecond, Is.EqualTo(100).Within(1e-9));
        Assert.That(clock.Remaining, Is.EqualTo(TimeSpan.FromSeconds(35)));
    }

    [Test]
    public void Nothing_is_left_after_the_last_step()
    {
        StepClock clock = new(totalSteps: 1);

        clock.Add(Report(1, 10), seconds: 2);

        Assert.That(clock.TokensPerSecond, Is.EqualTo(5));
        Assert.That(clock.Remaining, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void A_resumed_run_counts_from_its_own_steps()
    {
        StepClock clock = new(totalSteps: 100);

        clock.Add(Report(91, 10), seconds: 1);

        Assert.That(clock.Remaining, Is.EqualTo(TimeSpan.FromSeconds(9)));
    }

    [Test]
    public void A_step_too_short_to_measure_divides_by_no_zero()
    {
        StepClock clock = new(totalSteps: 2);

        clock.Add(Report(1, 10), seconds: 0);

        Assert.That(double.IsFinite(clock.TokensPerSecond));
    }

    private static StepReport Report(long step, int tokens) => new(step, default, 1, 1, 1, tokens);
}
