using OrtTrainer.Reports;


namespace OrtTrainer.Tests.Reports;

internal sealed class ReportFiguresTests
{
    [TestCase(91.2, 2, "91.20")]
    [TestCase(-0.125, 1, "−0.1")]
    [TestCase(-0.001, 2, "0.00")]
    [TestCase(double.NaN, 2, "–")]
    public void Numbers_have_fixed_decimals_and_no_negative_zero(double value, int decimals, string expected) =>
        Assert.That(ReportFigures.Fixed(value, decimals), Is.EqualTo(expected));

    [TestCase(1.5, "+1.50")]
    [TestCase(-1.5, "−1.50")]
    [TestCase(0.004, "0.00")]
    [TestCase(-0.004, "0.00")]
    [TestCase(0, "0.00")]
    public void Differences_carry_their_sign_unless_they_round_to_nothing(double value, string expected) =>
        Assert.That(ReportFigures.Difference(value, 2), Is.EqualTo(expected));

    [TestCase(0.0625, "0.0625")]
    [TestCase(1, "1.0000")]
    [TestCase(0.00009, "< 0.0001")]
    [TestCase(double.NaN, "–")]
    [TestCase(null, "–")]
    public void Probabilities_have_four_decimals(double? p, string expected) =>
        Assert.That(ReportFigures.Probability(p), Is.EqualTo(expected));

    [TestCase(0.423, "0.42 s")]
    [TestCase(12.34, "12.3 s")]
    [TestCase(1534.2, "1,534 s")]
    [TestCase(9000, "2.5 h")]
    [TestCase(null, "–")]
    public void Seconds_are_as_exact_as_is_of_use(double? seconds, string expected) =>
        Assert.That(ReportFigures.Seconds(seconds), Is.EqualTo(expected));
}
