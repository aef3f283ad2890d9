using OrtTrainer.Evaluation;

namespace OrtTrainer.Tests.Evaluation;

public class ReliabilityTests
{
    private static readonly (bool IsRight, double Confidence)[] Decisions =
        [(true, 0.95), (true, 0.9), (false, 0.85), (true, 0.6), (false, 0.55), (false, 0.51)];

    [Test]
    public void Decisions_lie_in_bins_of_equal_width_that_hold_their_upper_edge()
    {
        Reliability reliability = new(Decisions, bins: 10);

        Assert.That(reliability.Bins.Select(bin => bin.Count), Is.EqualTo(new[] { 0, 0, 0, 0, 0, 3, 0, 0, 2, 1 }));
        Assert.That(reliability.Bins[5].Low, Is.EqualTo(0.5));
        Assert.That(reliability.Bins[5].High, Is.EqualTo(0.6));
        Assert.That(reliability.Bins[5].Accuracy, Is.EqualTo(1.0 / 3).Within(1e-15));
        Assert.That(reliability.Bins[8].Confidence, Is.EqualTo(0.875).Within(1e-15));
        Assert.That(reliability.Count, Is.EqualTo(6));
    }

    [Test]
    public void The_expected_error_weighs_the_gaps_of_the_bins_by_their_decisions()
    {
        Reliability reliability = new(Decisions, bins: 10);

        // Gaps: |1 - 1.66| of three, |1 - 1.75| of two, |1 - 0.95| of one.
        Assert.That(reliability.ExpectedError, Is.EqualTo((0.66 + 0.75 + 0.05) / 6).Within(1e-15));
        Assert.That(reliability.MaximumError, Is.EqualTo(0.375).Within(1e-15));
        Assert.That(reliability.Accuracy, Is.EqualTo(0.5));
        Assert.That(reliability.MeanConfidence, Is.EqualTo(4.36 / 6).Within(1e-15));
    }

    [Test]
    public void There_are_fifteen_bins_unless_told_otherwise() =>
        Assert.That(new Reliability(Decisions).Bins, Has.Count.EqualTo(15));

    [Test]
    public void Certainties_of_nought_and_one_have_a_bin()
    {
        Reliability reliability = new([(false, 0), (true, 1)]);
        Assert.That(reliability.Bins[0].Count, Is.EqualTo(1));
        Assert.That(reliability.Bins[^1].Count, Is.EqualTo(1));
        Assert.That(reliability.ExpectedError, Is.Zero);
    }

    [Test]
    public void Without_decisions_there_is_no_error_to_speak_of() =>
        Assert.That(new Reliability([]).ExpectedError, Is.NaN);
}
