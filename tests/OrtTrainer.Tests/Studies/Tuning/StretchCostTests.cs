using OrtTrainer.Studies.Tuning;

namespace OrtTrainer.Tests.Studies.Tuning;

/// <summary>Foretelling what trials take.</summary>
public sealed class StretchCostTests
{
    [Test]
    public void Nothing_is_known_before_a_stretch_has_ended() => Assert.That(StretchCost.Fit([]), Is.Null);

    [Test]
    public void One_trial_gives_a_mean() => Assert.That(StretchCost.Fit([(30, 1, 600)])!.Of(60), Is.EqualTo(3));

    [Test]
    public void Of_trials_of_several_lengths_the_start_is_told_apart()
    {
        StretchCost cost = StretchCost.Fit([(5 + 10, 1, 100), (10 + 30, 2, 300), (5 + 40, 1, 400)])!;

        Assert.That(cost.Start, Is.EqualTo(5).Within(1e-9));
        Assert.That(cost.Example, Is.EqualTo(0.1).Within(1e-9));
    }

    [Test]
    public void Trials_that_are_all_alike_give_a_mean() =>
        Assert.That(StretchCost.Fit([(10, 1, 100), (10, 1, 100), (10, 1, 100)])!.Of(200), Is.EqualTo(20));
}
