using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks.MaskedLanguageModel;

public sealed class TokenMaskingTests
{
    private const int Mask = 4;
    private const int FirstWord = 5;

    private TemporaryFolder _folder = null!;
    private Tokenizer _tokenizer = null!;

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        TinyBert.Write(_folder.Path, [.. Enumerable.Range(0, 50).Select(i => $"w{i}"), "##a", "##b"]);
        _tokenizer = Tokenizer.Load(_folder.Path);
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    /// <summary>Of 15 % chosen tokens 80 % are masked, 10 % random and 10 % themselves, within 4 standard
    /// deviations.</summary>
    [Test]
    public void Tokens_are_chosen_and_replaced_in_the_shares_of_the_paper()
    {
        const int Count = 100_000;
        TokenizedExample example = Example([.. Enumerable.Range(0, Count).Select(i => FirstWord + (i % 50))]);

        PredictedExample masked = Masking(new MaskingOptions()).Mask(example, "test");

        int chosen = masked.OutputTokens!.Length;
        int[] now = [.. masked.OutputTokens.Select(place => masked.InputIds[place])];
        int toMask = now.Count(id => id == Mask);
        int kept = now.Zip(masked.Targets).Count(pair => pair.First == pair.Second);
        Assert.That(chosen, Is.EqualTo(0.15 * Count).Within(4 * Math.Sqrt(Count * 0.15 * 0.85)));
        Assert.That(toMask, Is.EqualTo(chosen * (0.8 + (0.1 / 57))).Within(4 * Math.Sqrt(chosen * 0.8 * 0.2)));
        Assert.That(kept, Is.EqualTo(chosen * (0.1 + (0.1 / 57))).Within(4 * Math.Sqrt(chosen * 0.1 * 0.9)));
        Assert.That(now.Distinct().Count(), Is.EqualTo(57), "the random ones are of the whole vocabulary");
    }

    [Test]
    public void What_stood_at_chosen_tokens_is_kept_and_all_others_stay()
    {
        TokenizedExample example = Example([.. Enumerable.Range(0, 40).Select(i => FirstWord + i)]);

        PredictedExample masked = Masking(new MaskingOptions { Share = 0.4 }).Mask(example, "test");

        int[] restored = [.. masked.InputIds];
        foreach ((int place, int original) in masked.OutputTokens!.Zip(masked.Targets))
        {
            restored[place] = original;
        }

        Assert.That(restored, Is.EqualTo(example.InputIds));
        Assert.That(masked.OutputTokens, Is.Ordered.And.Unique);
        Assert.That(masked.OutputTokens, Has.None.EqualTo(0).And.None.EqualTo(example.InputIds.Length - 1));
    }

    [Test]
    public void At_least_one_token_is_chosen()
    {
        TokenizedExample example = Example([FirstWord]);

        for (int i = 0; i < 20; i++)
        {
            Assert.That(
                Masking(new MaskingOptions { Share = 0.001 }).Mask(example, $"{i}").OutputTokens,
                Is.EqualTo(new[] { 1 }));
        }
    }

    [Test]
    public void Words_are_chosen_as_a_whole()
    {
        (int a, int b) = (FirstWord + 50, FirstWord + 51);
        int[] words = [.. Enumerable.Range(0, 300).SelectMany(i => new[] { FirstWord + (i % 50), a, b })];
        TokenMasking masking = Masking(new MaskingOptions { WholeWords = true });

        PredictedExample masked = masking.Mask(Example(words), "test");

        int[] places = [.. masked.OutputTokens!.Select(place => place - 1)];
        int[] chosen = [.. places.Where(place => place % 3 == 0)];
        Assert.That(places, Is.EqualTo(chosen.SelectMany(place => new[] { place, place + 1, place + 2 })));
        Assert.That(chosen, Has.Length.EqualTo(45).Within(4 * Math.Sqrt(300 * 0.15 * 0.85)));

        // The first token of an example stands for the word it continues.
        Assert.That(masking.Mask(Example([a, b]), "test").OutputTokens, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void A_draw_is_the_same_for_the_same_seed_step_and_place_and_another_for_others()
    {
        TokenizedExample[] examples =
            [.. Enumerable.Repeat(Example([.. Enumerable.Range(0, 40).Select(i => FirstWord + i)]), 4)];
        TokenMasking masking = Masking(new MaskingOptions());

        ExampleTargets none = new(TokenTargets.Of([], 1));
        int[] Draw(TokenMasking from, long step, int index) =>
            from.Draw(examples, none, [index], step).Examples[0].OutputTokens!;

        int[] first = Draw(masking, 7, 2);
        (IReadOnlyList<TokenizedExample> several, ExampleTargets? targets) = masking.Draw(examples, none, [0, 2], 7);
        Assert.That(several[1].OutputTokens, Is.EqualTo(first), "whatever else is in the step");
        Assert.That(targets!.FirstRow(2) - targets.FirstRow(1), Is.EqualTo(first.Length));
        Assert.That(targets.Id(targets.FirstRow(1)), Is.EqualTo(((PredictedExample)several[1]).Targets[0]));
        Assert.That(Draw(Masking(new MaskingOptions()), 7, 2), Is.EqualTo(first));
        Assert.That(Draw(masking, 8, 2), Is.Not.EqualTo(first));
        Assert.That(Draw(masking, 7, 3), Is.Not.EqualTo(first));
        Assert.That(Draw(Masking(new MaskingOptions(), seed: 2), 7, 2), Is.Not.EqualTo(first));
    }

    [Test]
    public void Options_out_of_range_are_refused()
    {
        Assert.That(() => new DataOptions { Train = "-", MaskShare = 0 }, Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new DataOptions { Train = "-", MaskShare = 1 }, Throws.InstanceOf<ArgumentException>());
    }

    private TokenMasking Masking(MaskingOptions options, ulong seed = 1) =>
        new(options, _tokenizer, _tokenizer.VocabularySize, seed);

    private static TokenizedExample Example(int[] words) =>
        new([2, .. words, 3], new int[words.Length + 2]);
}
