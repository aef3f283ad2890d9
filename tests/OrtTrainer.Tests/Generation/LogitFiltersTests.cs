using OrtTrainer.Generation;

namespace OrtTrainer.Tests.Generation;

/// <summary>What is left of logits, worked out by hand.</summary>
public sealed class LogitFiltersTests
{
    private static readonly float[] Logits = [.. new[] { 0.5, 0.3, 0.15, 0.05 }.Select(p => (float)Math.Log(p))];

    [TestCase(0, new[] { 0, 1, 2, 3 })]
    [TestCase(1, new[] { 0 })]
    [TestCase(3, new[] { 0, 1, 2 })]
    [TestCase(9, new[] { 0, 1, 2, 3 })]
    public void The_k_most_probable_are_left(int k, int[] left) =>
        Assert.That(Left(new() { TopK = k }), Is.EqualTo(left));

    [TestCase(0.4, new[] { 0 })]
    [TestCase(0.55, new[] { 0, 1 })]
    [TestCase(0.81, new[] { 0, 1, 2 })]
    [TestCase(1.0, new[] { 0, 1, 2, 3 })]
    public void The_fewest_whose_share_is_reached_are_left(double p, int[] left) =>
        Assert.That(Left(new() { TopP = p }), Is.EqualTo(left));

    [TestCase(0.0, new[] { 0, 1, 2, 3 })]
    [TestCase(0.2, new[] { 0, 1, 2 })]
    [TestCase(0.55, new[] { 0, 1 })]
    [TestCase(1.0, new[] { 0 })]
    public void Those_nearly_as_probable_as_the_best_are_left(double p, int[] left) =>
        Assert.That(Left(new() { MinP = p }), Is.EqualTo(left));

    [Test]
    public void A_temperature_divides_before_shares_are_taken()
    {
        // Squares of the probabilities: 0.25, 0.09, 0.0225, 0.0025 of 0.365, so that the first has a share of 0.68.
        Assert.That(Left(new() { Temperature = 0.5, TopP = 0.6 }), Is.EqualTo(new[] { 0 }));
        Assert.That(Left(new() { TopP = 0.6 }), Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void Repeated_tokens_lose_whatever_their_sign()
    {
        float[] logits = [2, -2, 3];

        LogitFilters.Always(logits, [0, 1, 1], 1, 9, new([]), new() { RepetitionPenalty = 2 });

        Assert.That(logits, Is.EqualTo(new float[] { 1, -4, 3 }));
    }

    [Test]
    public void A_text_cannot_end_before_its_fewest_tokens()
    {
        float[] logits = [2, 5, 3], later = [2, 5, 3];
        GenerationOptions options = new() { MinNewTokens = 2 };

        LogitFilters.Always(logits, [], 1, 9, new([1]), options);
        LogitFilters.Always(later, [], 2, 9, new([1]), options);

        Assert.That(logits, Is.EqualTo(new[] { 2, float.NegativeInfinity, 3 }));
        Assert.That(later, Is.EqualTo(new float[] { 2, 5, 3 }));
    }

    // 3 0 1 0 1 so far: behind 1, and behind 0 1, stood 0; behind nothing, all of them.
    [TestCase(0, new[] { 0, 1, 2, 3 })]
    [TestCase(1, new[] { 2 })]
    [TestCase(2, new[] { 1, 2, 3 })]
    [TestCase(3, new[] { 1, 2, 3 })]
    [TestCase(4, new[] { 0, 1, 2, 3 })]
    [TestCase(9, new[] { 0, 1, 2, 3 })]
    public void A_run_of_tokens_is_not_written_again(int length, int[] left) =>
        Assert.That(Left([3, 0, 1, 0, 1], 9, new([]) { RunLength = length }), Is.EqualTo(left));

    [TestCase(new[] { 3 }, new[] { 2 })]
    [TestCase(new[] { 3, 2 }, new[] { 0, 2, 3 })]
    [TestCase(new[] { 3, 2, 0 }, new[] { 0, 1, 2, 3 })]
    [TestCase(new[] { 3, 2, 0, 0 }, new[] { 1 })]
    public void The_first_and_the_last_token_are_forced_and_no_text_ends_too_early(int[] written, int[] left) =>
        Assert.That(
            Left(written, 4, new([1]) { First = 2, Last = 1, MinLength = 3 }), Is.EqualTo(left));

    [Test]
    public void Draws_are_as_frequent_as_probable_and_repeat_by_their_seed()
    {
        TokenChoice choice = new(new() { Samples = true, Seed = 4 }, text: 0);
        int[] drawn = [.. Enumerable.Range(0, 20_000).Select(_ => choice.Next([.. Logits]))];
        TokenChoice again = new(new() { Samples = true, Seed = 4 }, text: 0);
        TokenChoice other = new(new() { Samples = true, Seed = 4 }, text: 1);

        Assert.That(drawn.Count(id => id == 0) / 20_000.0, Is.EqualTo(0.5).Within(0.015));
        Assert.That(drawn.Count(id => id == 3) / 20_000.0, Is.EqualTo(0.05).Within(0.007));
        Assert.That(Enumerable.Range(0, 100).Select(_ => again.Next([.. Logits])), Is.EqualTo(drawn[..100]));
        Assert.That(Enumerable.Range(0, 100).Select(_ => other.Next([.. Logits])), Is.Not.EqualTo(drawn[..100]));
    }

    private static int[] Left(int[] written, int most, GenerationRules rules)
    {
        float[] logits = [.. Logits];
        LogitFilters.Always(logits, written, written.Length - 1, most, rules, new());
        return LeftOf(logits);
    }

    private static int[] Left(GenerationOptions options)
    {
        float[] logits = [.. Logits];
        LogitFilters.ForDraws(logits, options);
        return LeftOf(logits);
    }

    private static int[] LeftOf(float[] logits) =>
        [.. Enumerable.Range(0, logits.Length).Where(id => !float.IsNegativeInfinity(logits[id]))];
}
