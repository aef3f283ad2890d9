using OrtTrainer.Text.Models;

namespace OrtTrainer.Tests.Text.Models;

public sealed class BpeModelTests
{
    // The example of the paper that brought BPE to words: low, lower, newest, widest (Sennrich et al. 2016).
    [TestCase("low", "low</w>")]
    [TestCase("lower", "low er</w>")]
    [TestCase("newest", "n e w est</w>")]
    [TestCase("lowest", "low est</w>")]
    [TestCase("w", "w</w>")]
    [TestCase("est", "est</w>")]
    [TestCase("este", "es t e</w>", Description = "inside a word t is another token than at its end")]
    public void Words_with_an_end_mark_merge_up_to_it(string word, string expected)
    {
        BpeModel model = Model(
            new BpeOptions { EndOfWordSuffix = "</w>" },
            "l o w e r s t n w</w> r</w> t</w> e</w>", "e s", "es t</w>", "l o", "lo w", "lo w</w>", "e r</w>");

        Assert.That(TinyVocabulary.Show(model, word), Is.EqualTo(expected));
    }

    // The order of the merges decides, not the length of what they make.
    [TestCase("abcd", "ab cd", "a b", "b c", "c d", "bc d")]
    [TestCase("abcd", "a bcd", "b c", "bc d", "a b", "c d")]
    [TestCase("abcd", "a bcd", "c d", "b cd", "a b", "ab c")]
    [TestCase("abcabc", "abc abc", "a b", "ab c")]
    [TestCase("aaaaa", "aa aa a", "a a", "b c")]
    public void Merges_come_in_the_order_of_their_list(string word, string expected, params string[] merges) =>
        Assert.That(TinyVocabulary.Show(Model(new BpeOptions(), "a b c d", merges), word), Is.EqualTo(expected));

    [TestCase("ab", "ab")]
    [TestCase("abb", "ab ##b")]
    [TestCase("ba", "b ##a")]
    [TestCase("abab", "ab ##ab")]
    public void A_mark_for_the_inside_of_words_is_dropped_from_the_right_of_a_merge(string word, string expected)
    {
        BpeModel model = Model(
            new BpeOptions { ContinuingSubwordPrefix = "##" }, "a b ##a ##b ab ##ab", "a ##b", "##a ##b");

        Assert.That(TinyVocabulary.Show(model, word), Is.EqualTo(expected));
    }

    [TestCase(false, "xay", "?=x a=a ?=y")]
    [TestCase(false, "axy", "a=a ?=x ?=y")]
    [TestCase(true, "axya", "a=a ?=xy a=a")]
    [TestCase(true, "xyz", "?=xyz")]
    [TestCase(true, "xayz", "?=x a=a ?=yz")]
    public void Unknown_characters_are_fused_where_asked(bool fuse, string word, string expected)
    {
        BpeModel model = Model(new BpeOptions { UnknownId = 0, FuseUnknown = fuse }, "? a");

        Assert.That(TinyVocabulary.ShowParts(model, word), Is.EqualTo(expected));
    }

    [TestCase("é", "<0xC3>=é <0xA9>=é")]
    [TestCase("aéa", "a=a <0xC3>=é <0xA9>=é a=a")]
    [TestCase("ñ", "?=ñ", Description = "0xB1 is no token, so that its other byte is none either")]
    [TestCase("xéa", "<0xC3>=é <0xA9>=é ?=x a=a", Description = "the reference holds the unknown back")]
    public void Bytes_stand_in_for_characters_where_all_of_them_are_tokens(string word, string expected)
    {
        BpeModel model = Model(new BpeOptions { UnknownId = 0, ByteFallback = true }, "? a <0xC3> <0xA9>");

        Assert.That(TinyVocabulary.ShowParts(model, word), Is.EqualTo(expected));
    }

    [Test]
    public void A_word_longer_than_those_scanned_merges_alike()
    {
        BpeModel model = Model(new BpeOptions { UnknownId = 0 }, "? a b", "a b", "ab ab", "abab abab");
        string word = string.Concat(Enumerable.Repeat("ab", 23));

        // 23 = 5 x 4 + 3: three pairs remain, two of which merge first because the leftmost go first.
        Assert.That(
            TinyVocabulary.Show(model, word),
            Is.EqualTo(string.Join(' ', Enumerable.Repeat("abababab", 5)) + " abab ab"));
        Assert.That(TinyVocabulary.Tokens(model, word)[^1],
            Is.EqualTo(new ModelToken(model.Vocabulary.Id("ab")!.Value, 44, 46)));
    }

    [Test]
    public void An_empty_word_has_no_tokens() =>
        Assert.That(TinyVocabulary.Tokens(Model(new BpeOptions(), "a"), ""), Is.Empty);

    /// <summary>A model over the given tokens and what the merges make.</summary>
    private static BpeModel Model(BpeOptions options, string tokens, params string[] merges)
    {
        (string Left, string Right)[] pairs = [.. merges.Select(merge => (merge.Split(' ')[0], merge.Split(' ')[1]))];
        string prefix = options.ContinuingSubwordPrefix;
        IEnumerable<string> made = pairs.Select(pair => pair.Left
            + (prefix.Length > 0 && pair.Right.StartsWith(prefix, StringComparison.Ordinal)
                ? pair.Right[prefix.Length..] : pair.Right));
        return new BpeModel(TinyVocabulary.Of([.. tokens.Split(' ').Concat(made).Distinct()]), pairs, options);
    }
}
