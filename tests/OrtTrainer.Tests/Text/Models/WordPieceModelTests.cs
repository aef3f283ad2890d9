using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Models;

namespace OrtTrainer.Tests.Text.Models;

public sealed class WordPieceModelTests
{
    private static readonly WordPieceModel Model = new(
        TinyVocabulary.Of("?", "a", "##a", "ab", "##b", "abc", "##bcd", "##c", "##cd"), 0, "##", 8);

    // The longest first piece wins even where a shorter one would cover the word.
    [TestCase("a", "a")]
    [TestCase("ab", "ab")]
    [TestCase("abc", "abc")]
    [TestCase("abb", "ab ##b")]
    [TestCase("abcd", "?", Description = "abc leaves d, though a ##bcd or ab ##cd would cover it")]
    [TestCase("aabcd", "a ##a ##bcd")]
    [TestCase("b", "?", Description = "only continuations know it")]
    [TestCase("aaaaaaaa", "a ##a ##a ##a ##a ##a ##a ##a")]
    [TestCase("aaaaaaaaa", "?", Description = "a character longer than allowed")]
    [TestCase("aaz", "?", Description = "the whole word is unknown, not its end")]
    [TestCase("##a", "##a", Description = "a text that holds the mark is taken at its word, as by the reference")]
    public void The_longest_piece_counts_and_a_word_is_known_as_a_whole(string word, string expected) =>
        Assert.That(TinyVocabulary.Show(Model, word), Is.EqualTo(expected));

    [Test]
    public void Random_words_are_cut_as_the_definition_says_both_ways()
    {
        Random random = new(6);
        for (int round = 0; round < 40; round++)
        {
            string[] tokens = ["?", .. Enumerable.Range(0, 12).Select(_ =>
                (random.Next(2) == 0 ? "##" : "") + Word(random, 4)).Distinct()];
            WordPieceModel model = new(TinyVocabulary.Of(tokens), 0, "##", 10);
            for (int i = 0; i < 40; i++)
            {
                string word = Word(random, 12);
                int[] expected = Greedy(word, tokens);
                List<int> ids = [];
                model.TokenizeIds(word, ids);
                List<ModelToken> found = [];
                model.Tokenize(CodePoints.From(word), found);
                Assert.That(ids, Is.EqualTo(expected), $"{word} of {string.Join(' ', tokens)}");
                Assert.That(found.Select(token => token.Id), Is.EqualTo(expected), word);
                Assert.That(found[^1].End, Is.EqualTo(word.Length));
            }
        }
    }

    private static int[] Greedy(string word, string[] tokens)
    {
        List<int> ids = [];
        string prefix = "";
        for (string rest = word; rest.Length > 0; prefix = "##")
        {
            string? best = tokens.Where(token => token != "?" && token.StartsWith(prefix, StringComparison.Ordinal)
                    && token.Length > prefix.Length
                    && rest.StartsWith(token[prefix.Length..], StringComparison.Ordinal))
                .MaxBy(token => token.Length);
            if (best is null || word.Length > 10)
            {
                return [0];
            }

            ids.Add(Array.IndexOf(tokens, best));
            rest = rest[(best.Length - prefix.Length)..];
        }

        return [.. ids];
    }

    private static string Word(Random random, int longest) =>
        new([.. Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => "abc"[random.Next(3)])]);
}
