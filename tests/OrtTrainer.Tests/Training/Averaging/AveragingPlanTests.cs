using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training.Averaging;

public class AveragingPlanTests
{
    [TestCase(10, 0.5, 1, new[] { 6, 7, 8, 9, 10 })]
    [TestCase(10, 0.25, 3, new[] { 5, 8 })]
    [TestCase(3, 0.0, 1, new[] { 1, 2, 3 })]
    [TestCase(1, 0.9, 1, new[] { 1 })]
    public void The_steps_due_follow_start_and_interval(int total, double start, int interval, int[] expected)
    {
        var plan = new AveragingPlan { TotalSteps = total, StartFraction = start, Interval = interval };
        Assert.That(Enumerable.Range(1, total).Where(step => plan.IsDue(step)), Is.EqualTo(expected));
        Assert.That(plan.Averaged, Is.EqualTo(expected.Length));
    }

    [Test]
    public void A_start_at_the_end_of_the_run_is_refused() =>
        Assert.That(
            () => new AveragingPlan { TotalSteps = 10, StartFraction = 1 },
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
                "StartFraction is 1; expected from 0 to below 1."));
}
