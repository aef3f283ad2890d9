using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Models;

namespace OrtTrainer.Tests.Text.Models;

public sealed class ModelTests
{
    [Test]
    public void Wordpiece_takes_the_longest_piece_first()
    {
        WordPieceModel model = new(Vocabulary("?", "un", "unaff", "##able", "##a", "##ble", "𝒳", "##𝒳"), 0, "##", 100);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Tokens(model, "unaffable"), Is.EqualTo(new ModelToken[] { new(2, 0, 5), new(3, 5, 9) }));
            Assert.That(
                Tokens(model, "un𝒳a"), Is.EqualTo(new ModelToken[] { new(1, 0, 2), new(7, 2, 3), new(4, 3, 4) }));
            Assert.That(Tokens(model, "unx"), Is.EqualTo(new ModelToken[] { new(0, 0, 3) }));
            Assert.That(Ids(model, "un𝒳ax"), Is.EqualTo([0]));
        }
    }

    [TestCase("", 100, 1000)]
    [TestCase("##", 1000, 1000)]
    [TestCase("##", 1001, 1001)]
    public void Wordpiece_counts_characters_not_units_against_its_limit(string prefix, int limit, int length)
    {
        WordPieceModel model = new(Vocabulary("?", "𝒳", prefix + "𝒳"), 0, prefix, limit);
        string word = string.Concat(Enumerable.Repeat("𝒳", length));
        List<int> ids = [];

        model.TokenizeIds(word, ids);

        Assert.That(ids, Has.Count.EqualTo(length > limit ? 1 : length));
        Assert.That(Ids(model, word), Is.EqualTo(ids));
    }

    [Test]
    public void Word_level_knows_a_word_or_not()
    {
        WordLevelModel model = new(Vocabulary("?", "dog"), 0);

        Assert.That(Ids(model, "dog"), Is.EqualTo([1]));
        Assert.That(Tokens(model, "dogs"), Is.EqualTo(new ModelToken[] { new(0, 0, 4) }));
    }

    [Test]
    public void Bpe_merges_by_rank_and_of_equal_ones_the_leftmost()
    {
        BpeModel model = Bpe(new BpeOptions(), ["a", "b", "c", "bc", "ab", "aa", "aaa"], "b c", "a b", "a a", "aa a");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Tokens(model, "abc"), Is.EqualTo(new ModelToken[] { new(0, 0, 1), new(3, 1, 3) }));
            Assert.That(Tokens(model, "ab"), Is.EqualTo(new ModelToken[] { new(4, 0, 2) }));
            Assert.That(Ids(model, "aaa"), Is.EqualTo([6]));
            Assert.That(Ids(model, "aaaa"), Is.EqualTo([5, 5]), "both pairs merge before the longer one can");
        }
    }

    [Test]
    public void Bpe_gives_the_same_by_scanning_short_words_and_by_queue_for_long_ones()
    {
        string[] merges = ["a b", "b a", "ab a", "aba b", "b b", "bb a", "a a", "ab ab", "aba aba"];
        string[] tokens = ["a", "b", .. merges.Select(merge =>
            merge.Replace(" ", "", StringComparison.Ordinal)).Distinct()];
        BpeModel model = Bpe(new BpeOptions(), tokens, merges);
        Random random = new(4);
        for (int i = 0; i < 300; i++)
        {
            string word = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => "ab"[random.Next(2)]));
            Assert.That(Ids(model, word), Is.EqualTo(MergedOneByOne(word, merges, tokens)), word);
        }
    }

    [Test]
    public void Bpe_drops_unknown_characters_without_an_unknown_token() =>
        Assert.That(Ids(Bpe(new BpeOptions(), ["a", "b", "ab"], "a b"), "axb"), Is.EqualTo([2]));

    [Test]
    public void Bpe_may_fuse_unknown_characters()
    {
        string[] tokens = ["?", "a"];

        Assert.That(Tokens(Bpe(new BpeOptions { UnknownId = 0 }, tokens), "axy"), Is.EqualTo(
            new ModelToken[] { new(1, 0, 1), new(0, 1, 2), new(0, 2, 3) }));
        Assert.That(Tokens(Bpe(new BpeOptions { UnknownId = 0, FuseUnknown = true }, tokens), "axy"), Is.EqualTo(
            new ModelToken[] { new(1, 0, 1), new(0, 1, 3) }));
    }

    [Test]
    public void Bpe_may_fall_back_to_bytes_where_all_of_a_character_are_there()
    {
        BpeModel model = Bpe(
            new BpeOptions { UnknownId = 0, ByteFallback = true }, ["?", "<0xC3>", "<0xA9>", "<0xA8>"]);

        Assert.That(Tokens(model, "é"), Is.EqualTo(new ModelToken[] { new(1, 0, 1), new(2, 0, 1) }));
        Assert.That(Ids(model, "éñ"), Is.EqualTo([1, 2, 0]));
    }

    [Test]
    public void Bpe_may_mark_the_inside_and_the_end_of_words()
    {
        Assert.That(
            Ids(Bpe(new BpeOptions { ContinuingSubwordPrefix = "##" }, ["a", "##b", "ab"], "a ##b"), "ab"),
            Is.EqualTo([2]));
        Assert.That(
            Ids(Bpe(new BpeOptions { EndOfWordSuffix = "</w>" }, ["a", "b</w>", "ab</w>"], "a b</w>"), "ab"),
            Is.EqualTo([2]));
    }

    [Test]
    public void Bpe_may_take_a_word_that_is_a_token_as_it_is()
    {
        Assert.That(Ids(Bpe(new BpeOptions(), ["a", "b", "ab"]), "ab"), Is.EqualTo([0, 1]));
        Assert.That(Ids(Bpe(new BpeOptions { IgnoreMerges = true }, ["a", "b", "ab"]), "ab"), Is.EqualTo([2]));
    }

    [Test]
    public void Unigram_takes_the_most_probable_cut()
    {
        // The example of the reference implementation's documentation.
        UnigramModel model = Unigram(
            false, ("?", 0), ("a", 0), ("b", 0), ("c", 0), ("d", 0), ("cd", 1), ("ab", 2), ("abc", 5), ("abcd", 10));

        Assert.That(Tokens(model, "abcdacdxx"), Is.EqualTo(
            new ModelToken[] { new(8, 0, 4), new(1, 4, 5), new(5, 5, 7), new(0, 7, 9) }));
        Assert.That(Ids(model, ""), Is.Empty);
    }

    [Test]
    public void Unigram_may_fall_back_to_bytes() => Assert.That(
        Ids(Unigram(true, ("?", 0), ("a", -1), ("<0xC3>", -9), ("<0xA9>", -9)), "aé"), Is.EqualTo([1, 2, 3]));

    [Test]
    public void Unigram_favours_user_defined_pieces_and_never_reads_control_pieces()
    {
        UnigramModel model = new(
            [
                new UnigramPiece("?", 0, PieceKind.Unknown), new UnigramPiece("z", -1), new UnigramPiece("ab", -2),
                new UnigramPiece("c", -2), new UnigramPiece("abc", 0, PieceKind.UserDefined),
                new UnigramPiece("</s>", 0, PieceKind.Control),
            ],
            0, byteFallback: false, singlePrecision: true);

        Assert.That(Ids(model, "abc"), Is.EqualTo([4]), "3 bytes x -1 - 0.1 is better than -2 - 2");
        Assert.That(Ids(model, "</s>"), Is.EqualTo([0]));
    }

    [Test]
    public void Sentencepiece_bpe_merges_by_score_and_takes_unused_pieces_apart()
    {
        UnigramPiece[] pieces =
        [
            new("?", 0, PieceKind.Unknown), new("a", -9), new("b", -9), new("c", -9), new("ab", -1, PieceKind.Unused),
            new("bc", -2), new("<x>", 0, PieceKind.UserDefined),
        ];
        SentencePieceBpeModel model = new(pieces, 0, byteFallback: false, new(["<x>"]));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Ids(model, "bc"), Is.EqualTo([5]));
            Assert.That(Tokens(model, "abc"), Is.EqualTo(
                new ModelToken[] { new(1, 0, 1), new(2, 1, 2), new(3, 2, 3) }), "ab merges first but is no token");
            Assert.That(Ids(model, "a<x>bc"), Is.EqualTo([1, 6, 5]));
            Assert.That(Tokens(model, "ayz"), Is.EqualTo(new ModelToken[] { new(1, 0, 1), new(0, 1, 3) }));
            Assert.That(Ids(model, ""), Is.Empty);
        }
    }

    private static Vocabulary Vocabulary(params string[] tokens) =>
        new(tokens.Distinct().Select((token, id) => KeyValuePair.Create(token, id)));

    private static BpeModel Bpe(BpeOptions options, string[] tokens, params string[] merges) => new(
        Vocabulary(tokens), merges.Select(merge => merge.Split(' ')).Select(pair => (pair[0], pair[1])), options);

    private static UnigramModel Unigram(bool byteFallback, params (string Text, double Score)[] pieces) =>
        new(
            [.. pieces.Select(piece => new UnigramPiece(piece.Text, piece.Score))], 0, byteFallback,
            singlePrecision: false);

    private static List<ModelToken> Tokens(TokenModel model, string word)
    {
        List<ModelToken> tokens = [];
        model.Tokenize(CodePoints.From(word), tokens);
        return tokens;
    }

    private static IEnumerable<int> Ids(TokenModel model, string word) => Tokens(model, word).Select(token => token.Id);

    /// <summary>The definition: again and again, merge the leftmost pair of the lowest rank.</summary>
    private static IEnumerable<int> MergedOneByOne(string word, string[] merges, string[] tokens)
    {
        List<string> parts = [.. word.Select(character => character.ToString())];
        while (true)
        {
            int best = Enumerable.Range(0, Math.Max(0, parts.Count - 1))
                .Where(i => merges.Contains($"{parts[i]} {parts[i + 1]}"))
                .DefaultIfEmpty(-1)
                .MinBy(i => i < 0 ? int.MaxValue : Array.IndexOf(merges, $"{parts[i]} {parts[i + 1]}"));
            if (best < 0)
            {
                return parts.Select(part => Array.IndexOf(tokens, part));
            }

            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }
}
