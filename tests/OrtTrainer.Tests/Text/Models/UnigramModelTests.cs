using OrtTrainer.Text.Models;

namespace OrtTrainer.Tests.Text.Models;

/// <summary>The best cut of a word against the best of all cuts, tried one by one.</summary>
public sealed class UnigramModelTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void No_cut_of_a_word_is_more_probable_than_the_one_taken(bool singlePrecision)
    {
        Random random = new(singlePrecision ? 14 : 13);
        for (int round = 0; round < 60; round++)
        {
            Dictionary<string, double> scores = Enumerable.Range(0, 10).Select(_ => Word(random, "abcé", 3)).Distinct()
                .ToDictionary(text => text, _ => -10 * random.NextDouble());
            double unknown = scores.Values.Min() - 10;
            UnigramModel model = new(
                [new UnigramPiece("?", 0, PieceKind.Unknown), .. scores
                    .Select(entry => new UnigramPiece(entry.Key, entry.Value))],
                0, byteFallback: false, singlePrecision);
            for (int i = 0; i < 20; i++)
            {
                string word = Word(random, "abcéz", 9);
                List<ModelToken> tokens = TinyVocabulary.Tokens(model, word);
                double taken = tokens.Sum(token => token.Id == 0
                    ? unknown * (token.End - token.Start)
                    : scores[word[token.Start..token.End]]);
                string shown = $"'{word}' of {string.Join(' ', scores)}";
                Assert.That(taken, Is.EqualTo(Best(word, scores, unknown)).Within(1e-4), shown);
                Assert.That(tokens.Select(token => token.Start),
                    Is.EqualTo(tokens.Select(token => token.End).SkipLast(1).Prepend(0)), shown);
                Assert.That(tokens.Zip(tokens.Skip(1)).Any(pair => pair.First.Id + pair.Second.Id == 0), Is.False,
                    "unknown ones are fused");
            }
        }
    }

    [Test]
    public void Of_equally_probable_cuts_the_one_with_the_longest_last_step_first_seen_stays()
    {
        // ab c and a bc both score -2; the reference keeps what reaches a place first: c after ab comes later than bc.
        UnigramModel model = Model(false, ("?", -9), ("a", -1), ("bc", -1), ("ab", -1), ("c", -1));

        Assert.That(TinyVocabulary.Show(model, "abc"), Is.EqualTo("a bc"));
    }

    [Test]
    public void A_known_character_is_never_unknown_however_improbable()
    {
        // Unknown would score -110, the piece itself -100; but so would a worse piece, by not being unknown.
        UnigramModel model = Model(false, ("?", 0), ("a", -100), ("b", -1));

        Assert.That(TinyVocabulary.Show(model, "ab"), Is.EqualTo("a b"));
    }

    [TestCase("xy", "?=xy")]
    [TestCase("axyb", "a=a ?=xy b=b")]
    [TestCase("xay", "?=x a=a ?=y")]
    public void Neighbouring_unknown_characters_are_one_token(string word, string expected) =>
        Assert.That(TinyVocabulary.ShowParts(Model(false, ("?", 0), ("a", -1), ("b", -1)), word), Is.EqualTo(expected));

    [TestCase("é", "<0xC3>=é <0xA9>=é")]
    [TestCase("éé", "<0xC3>=éé <0xA9>=éé <0xC3>=éé <0xA9>=éé")]
    [TestCase("éñ", "?=éñ", Description = "one byte of the run is no token")]
    [TestCase("aé", "a=a <0xC3>=é <0xA9>=é")]
    public void Bytes_stand_in_for_unknown_runs(string word, string expected) => Assert.That(
        TinyVocabulary.ShowParts(Model(true, ("?", 0), ("a", -1), ("<0xC3>", -20), ("<0xA9>", -20)), word),
        Is.EqualTo(expected));

    private static UnigramModel Model(bool byteFallback, params (string Text, double Score)[] pieces) =>
        new([.. pieces.Select(piece => new UnigramPiece(piece.Text, piece.Score))], 0, byteFallback,
            singlePrecision: false);

    private static double Best(string word, Dictionary<string, double> scores, double unknown)
    {
        if (word.Length == 0)
        {
            return 0;
        }

        double best = scores.ContainsKey(word[..1]) ? double.NegativeInfinity
            : unknown + Best(word[1..], scores, unknown);
        for (int length = 1; length <= word.Length; length++)
        {
            if (scores.TryGetValue(word[..length], out double score))
            {
                best = Math.Max(best, score + Best(word[length..], scores, unknown));
            }
        }

        return best;
    }

    private static string Word(Random random, string alphabet, int longest) =>
        new([.. Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
}
