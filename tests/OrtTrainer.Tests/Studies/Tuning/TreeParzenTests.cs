using System.Text.Json.Nodes;
using OrtTrainer.Randomness;
using OrtTrainer.Studies.Statistics;
using OrtTrainer.Studies.Tuning;

namespace OrtTrainer.Tests.Studies.Tuning;

/// <summary>The estimator on functions whose best values are known.</summary>
public sealed class TreeParzenTests
{
    private const int Trials = 40, Seeds = 40;

    private static readonly SearchDimension[] Space =
    [
        new RangeDimension("learning_rate", 1e-5, 1e-1, RangeScale.Log),
        new RangeDimension("warmup", 0, 1, RangeScale.Linear),
        new RangeDimension("max_length", 8, 128, RangeScale.Int),
        new ChoiceDimension("method", [JsonValue.Create("a"), JsonValue.Create("b"), JsonValue.Create("c")]),
    ];

    // Least at a rate of 1e-3, a warm-up of 0.7, a length of 100 and the second method.
    private static double Loss(double[] at) =>
        Math.Pow(Math.Log10(at[0]) + 3, 2) + (4 * Math.Pow(at[1] - 0.7, 2)) + Math.Pow((at[2] - 100) / 40, 2)
        + (at[3] == 1 ? 0 : 1);

    [Test]
    public void Forty_trials_find_lower_losses_than_forty_at_random_over_forty_seeds()
    {
        double[] estimated = [.. Enumerable.Range(1, Seeds).Select(seed => Lowest((ulong)seed, startup: false))];
        double[] random = [.. Enumerable.Range(1, Seeds).Select(seed => Lowest((ulong)seed, startup: true))];

        RankTest test = MannWhitney.Of(estimated, random);

        Assert.That(estimated.Average(), Is.LessThan(0.7 * random.Average()));
        Assert.That(test.P, Is.LessThan(1e-3));
    }

    [Test]
    public void Values_stay_in_their_ranges_and_whole_numbers_whole()
    {
        foreach (double[] at in Search(seed: 3, startup: false))
        {
            Assert.That(at[0], Is.InRange(1e-5, 1e-1));
            Assert.That(at[1], Is.InRange(0, 1));
            Assert.That(at[2], Is.InRange(8, 128).And.EqualTo(Math.Round(at[2])));
            Assert.That(at[3], Is.AnyOf(0, 1, 2));
        }
    }

    [Test]
    public void The_same_trials_and_seed_suggest_the_same()
    {
        var first = Search(seed: 5, startup: false);
        var again = Search(seed: 5, startup: false);

        Assert.That(again, Is.EqualTo(first));
    }

    [Test]
    public void A_setting_without_part_in_any_trial_is_drawn_from_its_range()
    {
        double[][] trials = [.. Enumerable.Range(0, 12).Select(n => new[] { double.NaN, n / 12.0, 64, 0 })];

        double[] next = TreeParzen.Suggest(
            Space, trials, [.. Enumerable.Range(0, 12)], SeededRandom.For(1, "test"));

        Assert.That(next[0], Is.InRange(1e-5, 1e-1));
    }

    private static double Lowest(ulong seed, bool startup) => Search(seed, startup).Min(Loss);

    private static List<double[]> Search(ulong seed, bool startup)
    {
        List<double[]> trials = [];
        while (trials.Count < Trials)
        {
            double[] losses = [.. trials.Select(Loss)];
            int[] ranks = [.. losses.Select(loss => losses.Count(other => other < loss))];
            SeededRandom random = SeededRandom.For(seed, $"trial {trials.Count}");
            trials.Add(startup
                ? [.. Space.Select(dimension => dimension.Draw(random))]
                : TreeParzen.Suggest(Space, trials, ranks, random));
        }

        return trials;
    }
}
