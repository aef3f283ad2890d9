using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Randomness;

internal sealed class SeededRandomTests
{
    [Test]
    public void SplitMix64_gives_the_published_sequence()
    {
        SplitMix64 generator = new(1234567);

        // The sequence that other implementations of Vigna's splitmix64.c are tested with.
        ulong[] expected =
        [
            6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
        ];
        Assert.That(expected.Select(_ => generator.Next()), Is.EqualTo(expected));
    }

    [Test]
    public void Xoshiro256_star_star_gives_the_published_sequence()
    {
        SeededRandom random = new(new SeededRandomState(1, 2, 3, 4));

        // The sequence that other implementations of Blackman and Vigna's xoshiro256starstar.c are tested with.
        ulong[] expected =
        [
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625,
            8476171486693032832, 10595114339597558777, 2904607092377533576,
        ];
        Assert.That(expected.Select(_ => random.NextUInt64()), Is.EqualTo(expected));
    }

    [Test]
    public void A_seed_becomes_four_words_of_SplitMix64()
    {
        SeededRandom random = new(42);

        Assert.That(random.State, Is.EqualTo(new SeededRandomState(
            13679457532755275413, 2949826092126892291, 5139283748462763858, 6349198060258255764)));
        Assert.That(random.NextUInt64(), Is.EqualTo(1546998764402558742));
    }

    [Test]
    public void A_shuffle_is_the_same_everywhere()
    {
        int[] items = [.. Enumerable.Range(0, 10)];

        new SeededRandom(42).Shuffle(items);

        // Worked out by a separate implementation in Python's integers.
        Assert.That(items, Is.EqualTo(new[] { 9, 1, 4, 2, 8, 7, 6, 5, 3, 0 }));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(1023)]
    public void A_shuffle_keeps_every_item(int count)
    {
        int[] items = [.. Enumerable.Range(0, count)];

        new SeededRandom(7).Shuffle(items);

        Assert.That(items, Is.EquivalentTo(Enumerable.Range(0, count)));
    }

    [Test]
    public void All_orders_of_four_are_as_likely()
    {
        SeededRandom random = new(1);
        Dictionary<string, int> seen = [];
        for (int draw = 0; draw < 24_000; draw++)
        {
            int[] items = [0, 1, 2, 3];
            random.Shuffle(items);
            string order = string.Concat(items);
            seen[order] = seen.GetValueOrDefault(order) + 1;
        }

        // Chi-square with 23 degrees of freedom exceeds 49.7 once in a thousand seeds.
        Assert.That(seen, Has.Count.EqualTo(24));
        Assert.That(seen.Values.Sum(count => Math.Pow(count - 1000, 2) / 1000), Is.LessThan(49.7));
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(10)]
    [TestCase(int.MaxValue)]
    public void Integers_stay_below_their_bound_and_reach_all_of_it(int bound)
    {
        SeededRandom random = new(3);

        int[] draws = [.. Enumerable.Range(0, 3000).Select(_ => random.NextInt(bound))];

        Assert.That(draws, Is.All.InRange(0, bound - 1));
        Assert.That(draws.Average() / Math.Max(1, bound - 1.0), Is.EqualTo(bound == 1 ? 0 : 0.5).Within(0.03));
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void A_bound_must_be_positive(int bound)
    {
        Assert.That(() => new SeededRandom(0).NextInt(bound), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Fractions_are_uniform_and_below_one()
    {
        SeededRandom random = new(5);

        float[] floats = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextFloat())];
        double[] doubles = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextDouble())];

        // The mean of 20,000 draws has standard deviation 0.002.
        Assert.That(floats, Is.All.InRange(0f, MathF.BitDecrement(1f)));
        Assert.That(floats.Average(), Is.EqualTo(0.5).Within(0.01));
        Assert.That(doubles, Is.All.InRange(0.0, Math.BitDecrement(1.0)));
        Assert.That(doubles.Average(), Is.EqualTo(0.5).Within(0.01));
    }

    [TestCase(0.2)]
    [TestCase(1)]
    [TestCase(3.5)]
    public void Beta_draws_have_the_mean_and_variance_of_the_distribution(double a)
    {
        SeededRandom random = new(5);
        double[] draws = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextBeta(a))];

        double mean = draws.Average();
        Assert.That(draws, Is.All.InRange(0, 1));
        Assert.That(mean, Is.EqualTo(0.5).Within(0.01));
        Assert.That(
            draws.Average(x => (x - mean) * (x - mean)), Is.EqualTo(1 / (4 * ((2 * a) + 1))).Within(0.003));
    }

    [Test]
    public void Gaussian_draws_have_the_moments_of_the_normal_distribution()
    {
        SeededRandom random = new(11);

        double[] draws = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextGaussian())];

        Assert.That(draws.Average(), Is.EqualTo(0).Within(0.02));
        Assert.That(draws.Average(draw => draw * draw), Is.EqualTo(1).Within(0.03));
        Assert.That(draws.Average(draw => Math.Pow(draw, 4)), Is.EqualTo(3).Within(0.2));
        Assert.That(draws.Count(draw => Math.Abs(draw) > 1.959964) / 50_000.0, Is.EqualTo(0.05).Within(0.004));
    }

    [Test]
    public void A_restored_state_goes_on_where_it_was_saved()
    {
        SeededRandom random = new(9);
        _ = random.NextGaussian();
        SeededRandomState saved = random.State;
        double[] expected = [random.NextGaussian(), random.NextFloat(), random.NextInt(1000)];

        SeededRandom restored = new(saved);

        double[] found = [restored.NextGaussian(), restored.NextFloat(), restored.NextInt(1000)];
        Assert.That(found, Is.EqualTo(expected));
    }

    [Test]
    public void A_state_of_zeros_is_refused()
    {
        Assert.That(() => new SeededRandom(default(SeededRandomState)), Throws.ArgumentException);
    }

    [Test]
    public void Uses_of_one_seed_draw_unrelated_numbers()
    {
        ulong[] first =
        [
            SeededRandom.For(1, "order").NextUInt64(),
            SeededRandom.For(1, "redro").NextUInt64(),
            SeededRandom.For(1, "orde").NextUInt64(),
            SeededRandom.For(2, "order").NextUInt64(),
            new SeededRandom(1).NextUInt64(),
        ];

        Assert.That(first, Is.Unique);
        Assert.That(SeededRandom.For(1, "order").NextUInt64(), Is.EqualTo(first[0]));
    }
}
