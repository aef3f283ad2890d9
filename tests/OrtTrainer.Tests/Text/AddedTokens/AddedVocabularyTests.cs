using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.AddedTokens;

/// <summary>Added tokens in whole tokenizers: every flag as tokenizer.json gives it.</summary>
public sealed class AddedVocabularyTests
{
    private const string Words = """
        {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2, "new": 3, "york": 4, "mask": 5}}
        """;

    [TestCase("", "a <m> b", new[] { 1, 9, 2 }, new[] { 0, 1, 2, 5, 6, 7 })]
    [TestCase("\"lstrip\": true", "a <m> b", new[] { 1, 9, 2 }, new[] { 0, 1, 1, 5, 6, 7 })]
    [TestCase("\"rstrip\": true", "a <m> b", new[] { 1, 9, 2 }, new[] { 0, 1, 2, 6, 6, 7 })]
    [TestCase("", "a<m>b", new[] { 1, 9, 2 }, new[] { 0, 1, 1, 4, 4, 5 })]
    [TestCase("", "<M>", new[] { 0, 0, 0 }, new[] { 0, 1, 1, 2, 2, 3 })]
    [TestCase("\"normalized\": true", "a <M>", new[] { 1, 9 }, new[] { 0, 1, 2, 5 })]
    public void Flags_decide_what_a_token_takes(string flags, string text, int[] ids, int[] offsets)
    {
        string more = flags.Length > 0 ? ", " + flags : "";
        Tokenizer tokenizer = With($$"""{"id": 9, "content": "<m>", "special": true{{more}}}""");

        Encoding encoding = tokenizer.Encode(text);

        Assert.That(encoding.Ids, Is.EqualTo(ids));
        Assert.That(encoding.Offsets.SelectMany(range => new[] { range.Start, range.End }), Is.EqualTo(offsets));
        Assert.That(tokenizer.EncodeIds(text).Ids, Is.EqualTo(ids));
    }

    [TestCase("new york", new[] { 9 })]
    [TestCase("NEW York", new[] { 9 })]
    [TestCase("a new yorker", new[] { 1, 3, 0 })]
    [TestCase("new york, b", new[] { 9, 0, 2 })]
    public void A_single_word_of_several_words_is_found_in_normalized_text(string text, int[] expected) => Assert.That(
        With("""{"id": 9, "content": "New York", "single_word": true}""").Encode(text).Ids, Is.EqualTo(expected));

    [Test]
    public void Tokens_that_are_not_special_are_normalized_unless_the_file_says_otherwise()
    {
        Assert.That(With("""{"id": 9, "content": "<m>", "special": false}""").Encode("<M>").Ids, Is.EqualTo([9]));
        Assert.That(
            With("""{"id": 9, "content": "<m>", "special": false, "normalized": false}""").Encode("<M>").Ids,
                Is.EqualTo([0, 0, 0]));
    }

    [Test]
    public void An_added_token_goes_before_the_models_own_of_that_name()
    {
        Tokenizer tokenizer = With("""{"id": 5, "content": "mask", "special": true}, {"id": 7, "content": "x"}""");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokenizer.VocabularySize, Is.EqualTo(7), "mask is counted once");
            Assert.That(tokenizer.TokenToId("x"), Is.EqualTo(7));
            Assert.That(tokenizer.IdToToken(7), Is.EqualTo("x"));
            Assert.That(tokenizer.IdToToken(6), Is.Null, "a gap");
            Assert.That(tokenizer.Encode("amaskb").Ids, Is.EqualTo([1, 5, 2]), "found inside a word");
            Assert.That(tokenizer.Decode([1, 5, 7]), Is.EqualTo("a x"));
            Assert.That(tokenizer.Decode([1, 5, 7], skipSpecialTokens: false), Is.EqualTo("a mask x"));
        }
    }

    [Test]
    public void An_added_token_is_a_word_of_its_own()
    {
        Encoding encoding = With("""{"id": 9, "content": "<m>", "special": true}""").Encode("a<m><m> b");

        Assert.That(encoding.WordIds, Is.EqualTo([0, 1, 2, 3]));
        Assert.That(encoding.SpecialTokensMask, Is.All.Zero, "it stood in the text");
    }

    private static Tokenizer With(string added) => TinyTokenizer.From(TinyTokenizer.Json(
        Words, """{"type": "Lowercase"}""", """{"type": "BertPreTokenizer"}""", added: $"[{added}]"));
}
