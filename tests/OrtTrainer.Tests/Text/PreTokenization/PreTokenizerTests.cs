using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Tests.Text.PreTokenization;

internal sealed class PreTokenizerTests
{
    [Test]
    public void Bert_cuts_at_white_space_and_makes_every_punctuation_character_a_word() =>
        AssertWords(new BertPreTokenizer(), " it's  (a) test… ", "it", "'", "s", "(", "a", ")", "test", "…");

    [Test]
    public void Whitespace_keeps_runs_of_punctuation_together() =>
        AssertWords(new WhitespacePreTokenizer(), "Hi, world!! a_b x++", "Hi", ",", "world", "!!", "a_b", "x", "++");

    [Test]
    public void Whitespace_split_cuts_at_white_space_only() =>
        AssertWords(new WhitespaceSplitPreTokenizer(), " it's\ta\u3000test. ", "it's", "a", "test.");

    [TestCase(SplitBehavior.Removed, new[] { "a", "b", "c" })]
    [TestCase(SplitBehavior.Isolated, new[] { "a", "-", "b", "-", "-", "c" })]
    [TestCase(SplitBehavior.MergedWithPrevious, new[] { "a-", "b-", "-", "c" })]
    [TestCase(SplitBehavior.MergedWithNext, new[] { "a", "-b", "-", "-c" })]
    [TestCase(SplitBehavior.Contiguous, new[] { "a", "-", "b", "--", "c" })]
    public void Every_behaviour_treats_delimiters_as_its_name_says(SplitBehavior behavior, string[] expected)
    {
        AssertWords(new PunctuationPreTokenizer(behavior), "a-b--c", expected);
        AssertWords(new SplitPreTokenizer(TextPattern.Literal("-"), behavior, invert: false), "a-b--c", expected);
        AssertWords(new SplitPreTokenizer(TextPattern.Expression("-"), behavior, invert: false), "a-b--c", expected);
    }

    [Test]
    public void An_inverted_split_keeps_what_matches() => AssertWords(
        new SplitPreTokenizer(TextPattern.Expression(@"\p{L}+"), SplitBehavior.Removed, invert: true),
        "12ab3c-", "ab", "c");

    [Test]
    public void Regular_expressions_see_characters_beyond_the_basic_plane_as_one() => AssertWords(
        new SplitPreTokenizer(TextPattern.Expression(@"\p{L}+|\p{N}"), SplitBehavior.Isolated, invert: false),
        "\U0001D4B3\U00020000x\U0001F600\U0001D7D8", "\U0001D4B3\U00020000x", "\U0001F600", "\U0001D7D8");

    [TestCase(true, new[] { "a", "1", "2", "b", "½" })]
    [TestCase(false, new[] { "a", "12", "b", "½" })]
    public void Digits_are_set_apart(bool individual, string[] expected) =>
        AssertWords(new DigitsPreTokenizer(individual), "a12b½", expected);

    [TestCase(MetaspacePrepend.Always, new[] { "▁Hey", "▁my", "▁", "▁friend" })]
    [TestCase(MetaspacePrepend.First, new[] { "▁Hey", "▁my", "▁", "▁friend" })]
    [TestCase(MetaspacePrepend.Never, new[] { "Hey", "▁my", "▁", "▁friend" })]
    public void Metaspace_makes_blanks_visible_and_begins_words_with_them(
        MetaspacePrepend prepend, string[] expected) =>
        AssertWords(new MetaspacePreTokenizer('▁', prepend, split: true), "Hey my  friend", expected);

    [Test]
    public void Metaspace_may_prepend_at_the_beginning_of_the_input_only()
    {
        PreTokenizedText text = new();
        NormalizedText whole = new("ab");
        text.Add(whole.Slice(0, 1));
        text.Add(whole.Slice(1, 2));

        new MetaspacePreTokenizer('▁', MetaspacePrepend.First, split: true).Apply(text);

        Assert.That(text.Pieces.Select(piece => piece.Text.ToString()), Is.EqualTo(["▁a", "b"]));
    }

    [Test]
    public void Metaspace_need_not_split() => AssertWords(
        new MetaspacePreTokenizer('▁', MetaspacePrepend.Always, split: false), "a b", "▁a▁b");

    [Test]
    public void Byte_level_writes_bytes_as_visible_characters() => AssertWords(
        new ByteLevelPreTokenizer(addPrefixSpace: false, useGpt2Pattern: true), "Hi there\n é", "Hi", "Ġthere", "Ċ",
            "ĠÃ©");

    [Test]
    public void Byte_level_may_put_a_blank_in_front()
    {
        ByteLevelPreTokenizer preTokenizer = new(addPrefixSpace: true, useGpt2Pattern: true);

        AssertWords(preTokenizer, "a", "Ġa");
        AssertWords(preTokenizer, " a", "Ġa");
        AssertWords(preTokenizer, "");
    }

    [Test]
    public void Byte_level_may_leave_cutting_to_others() => AssertWords(
        new SequencePreTokenizer([
            new DigitsPreTokenizer(individual: true),
            new ByteLevelPreTokenizer(addPrefixSpace: false, useGpt2Pattern: false),
        ]),
        "a b12", "aĠb", "1", "2");

    [Test]
    public void Added_tokens_are_left_alone()
    {
        PreTokenizedText text = new();
        text.Add(new NormalizedText("a b"), 7);
        text.Add(new NormalizedText("c d"));

        new WhitespaceSplitPreTokenizer().Apply(text);

        Assert.That(text.Pieces.Select(piece => piece.Text.ToString()), Is.EqualTo(["a b", "c", "d"]));
        Assert.That(text.Pieces[0].TokenId, Is.EqualTo(7));
    }

    private static void AssertWords(PreTokenizer preTokenizer, string text, params string[] expected)
    {
        PreTokenizedText pieces = new();
        pieces.Add(new NormalizedText(text));
        preTokenizer.Apply(pieces);
        Assert.That(pieces.Pieces.Select(piece => piece.Text.ToString()), Is.EqualTo(expected));
    }
}
