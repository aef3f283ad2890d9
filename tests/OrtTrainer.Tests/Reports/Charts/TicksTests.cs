using OrtTrainer.Reports.Charts;

namespace OrtTrainer.Tests.Reports.Charts;

internal sealed class TicksTests
{
    [TestCase(0, 1, 6, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [TestCase(0, 1, 11, "0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0")]
    [TestCase(91.13, 93.9, 6, "91.5 92.0 92.5 93.0 93.5")]
    [TestCase(-1, 1, 5, "−1.0 −0.5 0.0 0.5 1.0")]
    [TestCase(0, 12345, 4, "0 5,000 10,000")]
    [TestCase(-0.00031, 0.00042, 5, "−0.0002 0.0000 0.0002 0.0004")]
    [TestCase(0, 3e-9, 5, "0e+0 1e−9 2e−9 3e−9")]
    [TestCase(1.95588115e-7, 1.95588131e-7, 4, "1.95588115e−7 1.9558812e−7 1.95588125e−7 1.9558813e−7")]
    [TestCase(1.955881, 1.955884, 4, "1.955881 1.955882 1.955883 1.955884")]
    [TestCase(-1e9, 1e9, 5, "−1e+9 −5e+8 0e+0 5e+8 1e+9")]
    public void Ticks_are_round_and_their_labels_have_just_the_decimals_needed(
        double low, double high, int atMost, string expected)
    {
        Ticks ticks = Ticks.Within(new AxisRange(low, high), atMost);

        Assert.That(string.Join(' ', ticks.Labels), Is.EqualTo(expected));
    }

    [Test]
    public void Ticks_lie_within_any_range_evenly_and_no_two_labels_are_equal()
    {
        Random random = new(7);
        for (int i = 0; i < 2000; i++)
        {
            double low = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 6));
            AxisRange range = new(low, low + (random.NextDouble() + 0.01) * Math.Pow(10, random.Next(-3, 6)));
            int atMost = random.Next(3, 12);

            Ticks ticks = Ticks.Within(range, atMost);

            double slack = (range.High - range.Low) * 1e-6;
            Assert.That(ticks.Values, Has.Count.InRange(atMost / 3, atMost), range.ToString());
            Assert.That(ticks.Values, Has.All.InRange(range.Low - slack, range.High + slack));
            Assert.That(ticks.Labels, Is.Unique, range.ToString());
        }
    }

    [Test]
    public void A_range_covers_what_is_finite_with_a_margin()
    {
        AxisRange range = AxisRange.Covering([double.NaN, 2, 4, double.PositiveInfinity], 0.1);

        Assert.That((range.Low, range.High), Is.EqualTo((1.8, 4.2)));
    }

    [Test]
    public void Equal_values_lie_in_the_middle_of_a_short_range()
    {
        AxisRange range = AxisRange.Covering([50, 50]);

        Assert.That((range.Low, range.High), Is.EqualTo((49.5, 50.5)));
        Assert.That(AxisRange.Covering([0]), Is.EqualTo(new AxisRange(-0.001, 0.001)));
        Assert.That(AxisRange.Covering([double.NaN]), Is.EqualTo(new AxisRange(0, 1)));
    }

    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(double.NaN, 1)]
    [TestCase(0, double.PositiveInfinity)]
    public void An_axis_without_extent_is_refused(double low, double high)
    {
        Assert.That(
            () => new AxisRange(low, high),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("An axis cannot run"));
    }
}
