using System.Text.Json.Nodes;
using OrtTrainer.Evaluation;
using OrtTrainer.Studies.Tuning;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Studies.Tuning;

/// <summary>Which trials go on.</summary>
public sealed class SuccessiveHalvingTests
{
    private static readonly Metric Accuracy = ModelTask.Default.FindMetric("accuracy");

    [Test]
    public void Two_trials_are_too_few_for_a_third_of_them_to_go_on() =>
        Assert.That(SuccessiveHalving.Next([Paused(0, 0.9), Paused(1, 0.8)], Accuracy), Is.Null);

    [Test]
    public void Of_three_the_best_goes_on() =>
        Assert.That(
            SuccessiveHalving.Next([Paused(0, 0.7), Paused(1, 0.8), Paused(2, 0.6)], Accuracy)!.Number,
            Is.EqualTo(1));

    [Test]
    public void One_that_has_gone_on_counts_in_its_old_rung_and_holds_its_place()
    {
        Trial[] trials = [Paused(0, 0.7), Paused(1, 0.8, 0.9), Paused(2, 0.6), Paused(3, 0.75), Paused(4, 0.5)];

        Assert.That(SuccessiveHalving.Next(trials, Accuracy), Is.Null, "one of five");
        Assert.That(SuccessiveHalving.Next([.. trials, Paused(5, 0.1)], Accuracy)!.Number, Is.EqualTo(3), "two of six");
    }

    [Test]
    public void The_higher_rung_comes_first()
    {
        Trial[] trials =
        [
            Paused(0, 0.7, 0.71), Paused(1, 0.8, 0.9), Paused(2, 0.6, 0.95), Paused(3, 0.99), .. Enumerable.Range(4, 8)
                .Select(number => Paused(number, 0.1)),
        ];

        Assert.That(
            SuccessiveHalving.Promotable(trials, Accuracy, generous: false).Select(t => t.Number),
            Is.EqualTo(new[] { 2, 3 }));
    }

    [Test]
    public void A_trial_that_runs_is_done_or_failed_is_not_promoted_but_takes_its_place()
    {
        Trial[] trials =
        [
            Paused(0, 0.9) with { Status = TrialStatus.Running }, Paused(1, 0.8) with { Status = TrialStatus.Done },
            Paused(2, 0.7) with { Status = TrialStatus.Failed }, Paused(3, 0.6), Paused(4, 0.5), Paused(5, 0.4),
        ];

        Assert.That(SuccessiveHalving.Next(trials, Accuracy), Is.Null);
    }

    [Test]
    public void Scores_that_are_not_defined_come_last_and_equal_ones_by_their_number()
    {
        Trial[] trials = [Paused(0, [null]), Paused(1, 0.5), Paused(2, 0.5)];

        Assert.That(SuccessiveHalving.Next(trials, Accuracy)!.Number, Is.EqualTo(1));
    }

    [Test]
    public void Where_no_trials_are_to_come_a_third_is_rounded_up() =>
        Assert.That(
            SuccessiveHalving.Next([Paused(0, 0.7), Paused(1, 0.8)], Accuracy, generous: true)!.Number,
            Is.EqualTo(1));

    private static Trial Paused(int number, params double?[] scores) => new()
    {
        Number = number,
        Settings = new JsonObject(),
        Values = [],
        Scores = scores,
        Status = TrialStatus.Paused,
    };
}
