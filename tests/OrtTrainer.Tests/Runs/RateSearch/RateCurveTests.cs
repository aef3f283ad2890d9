using OrtTrainer.Cli.Rendering;
using OrtTrainer.Runs.RateSearch;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Runs.RateSearch;

public class RateCurveTests
{
    [Test]
    public void The_steepest_descent_and_a_tenth_of_the_divergence_are_suggested()
    {
        // Flat, a fall round the rate 1e-3, flat, and a rise beyond 0.1.
        IEnumerable<(double, double)> steps = Enumerable.Range(0, 121).Select(i =>
        {
            double place = -6 + (i / 20.0);
            return (Math.Pow(10, place), 2 - Math.Tanh((place + 3) * 4) + (place > -1 ? Math.Exp((place + 1) * 9) : 0));
        });

        RateCurve curve = RateCurve.Of(steps);

        Assert.That(Math.Log10(curve.Steepest!.Value), Is.EqualTo(-3).Within(0.4));
        Assert.That(Math.Log10(curve.Divergence!.Value), Is.InRange(-1, 0));
        Assert.That(curve.TenthOfDivergence, Is.EqualTo(curve.Divergence / 10));
        Assert.That(curve.Points[^1].Rate, Is.LessThan(curve.Divergence));
    }

    [Test]
    public void A_loss_that_is_no_number_is_a_divergence() =>
        Assert.That(RateCurve.Of([(1, 1.0), (2, 0.9), (4, double.NaN)]).Divergence, Is.EqualTo(4));

    [Test]
    public void A_loss_that_never_falls_suggests_nothing()
    {
        RateCurve curve = RateCurve.Of(Enumerable.Range(1, 30).Select(i => ((double)i, 1.0)));
        Assert.That((curve.Steepest, curve.Divergence, curve.TenthOfDivergence), Is.EqualTo(
            ((double?)null, (double?)null, (double?)null)));
    }

    [Test]
    public void The_steepest_fall_is_told_as_a_place_to_start_from()
    {
        // The loss falls once, at a rate of 0.03.
        RateCurve curve = RateCurve.Of(
            Enumerable.Range(0, 12).Select(i => (3 * Math.Pow(10, i - 9), i < 7 ? 4.0 : 1.0)));
        string[] lines = [.. RateCurveLines.Of(curve)];

        int place = Array.IndexOf(lines, "steepest descent of the smoothed loss: --lr 0.03");
        Assert.That(place, Is.Not.Negative);
        Assert.That(lines[place + 1], Is.EqualTo("  a place to start from, often too high for a whole run; try a third "
            + "and a tenth too: --lr 0.01, --lr 0.003"));
    }

    [Test]
    public void A_rise_that_is_no_divergence_is_told_by_how_much()
    {
        // A running mean of 1 and then 3 of weights 0.09 and 0.1.
        RateCurve curve = RateCurve.Of([(1, 1.0), (2, 3.0)]);

        Assert.That(curve.Divergence, Is.Null);
        Assert.That(curve.Rise, Is.EqualTo(((0.09 * 1) + (0.1 * 3)) / 0.19).Within(1e-12));
        Assert.That(RateCurveLines.Of(curve), Has.Some.StartsWith("the loss ended at 2.05 times its least"));
    }

    [Test]
    public void Smoothing_is_a_running_mean_without_a_bias_to_nought()
    {
        RateCurve curve = RateCurve.Of([(1, 3.0), (2, 1.0)]);
        Assert.That(curve.Points[0].Smoothed, Is.EqualTo(3).Within(1e-12));
        Assert.That(curve.Points[1].Smoothed, Is.EqualTo(((0.09 * 3) + (0.1 * 1)) / 0.19).Within(1e-12));
    }

    [Test]
    public void Rates_rise_by_the_same_factor()
    {
        ExponentialSchedule schedule = new(1e-6, 1, 7);
        Assert.That(
            Enumerable.Range(0, 8).Select(step => Math.Log10(schedule.RateAt(step))),
            Is.EqualTo(new[] { -6, -5, -4, -3, -2, -1, 0, 0.0 }).Within(1e-12));
    }
}
