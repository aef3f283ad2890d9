using OrtTrainer.Randomness;
using OrtTrainer.Studies.Tuning;

namespace OrtTrainer.Tests.Studies.Tuning;

/// <summary>Estimated densities.</summary>
public sealed class ParzenTests
{
    [TestCase("linear", 0.0, 1.0)]
    [TestCase("log", 1e-3, 1.0)]
    public void A_density_of_a_range_has_mass_one(string word, double low, double high)
    {
        RangeScale scale = Enum.Parse<RangeScale>(word, ignoreCase: true);
        IParzenEstimate estimate = new RangeDimension("x", low, high, scale).Estimate([0.3, 0.31, 0.9]);
        const int Steps = 20_000;
        (double from, double to) = scale == RangeScale.Log ? (Math.Log(low), Math.Log(high)) : (low, high);
        double width = (to - from) / Steps;

        double mass = Enumerable.Range(0, Steps)
            .Select(i => from + ((i + 0.5) * width))
            .Sum(x => Math.Exp(estimate.LogDensity(scale == RangeScale.Log ? Math.Exp(x) : x)) * width);

        Assert.That(mass, Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void Probabilities_of_whole_numbers_and_of_choices_add_up_to_one()
    {
        IParzenEstimate whole = new RangeDimension("n", 2, 9, RangeScale.Int).Estimate([3, 3, 8]);
        ChoiceParzen choice = new(4, [0, 0, 3]);

        Assert.That(Enumerable.Range(2, 8).Sum(n => Math.Exp(whole.LogDensity(n))), Is.EqualTo(1).Within(1e-9));
        Assert.That(Enumerable.Range(0, 4).Sum(n => Math.Exp(choice.LogDensity(n))), Is.EqualTo(1).Within(1e-12));
        Assert.That(choice.LogDensity(0), Is.GreaterThan(choice.LogDensity(3)));
        Assert.That(choice.LogDensity(3), Is.GreaterThan(choice.LogDensity(1)));
    }

    [Test]
    public void Draws_have_the_frequencies_of_the_density()
    {
        ChoiceParzen choice = new(3, [0, 0, 1]);
        SeededRandom random = new(1);
        int[] counts = new int[3];
        for (int i = 0; i < 30_000; i++)
        {
            counts[(int)choice.Draw(random)]++;
        }

        for (int value = 0; value < 3; value++)
        {
            Assert.That(counts[value] / 30_000.0, Is.EqualTo(Math.Exp(choice.LogDensity(value))).Within(0.01));
        }
    }

    [Test]
    public void Of_more_than_25_trials_older_ones_count_less()
    {
        double[] few = ParzenWeights.Of(3), many = ParzenWeights.Of(40);

        Assert.That(few, Is.All.EqualTo(0.25));
        Assert.That(many.Sum(), Is.EqualTo(1).Within(1e-12));
        Assert.That(many[..15], Is.Ordered.Ascending);
        Assert.That(many[0], Is.EqualTo(many[^1] / 40).Within(1e-12));
        Assert.That(many[15..], Is.All.EqualTo(many[^1]).Within(1e-12));
    }
}
