using OrtTrainer.Text.Decoding;

namespace OrtTrainer.Tests.Text.Decoding;

/// <summary>The rules for tidying up, token by token as the reference applies them.</summary>
public sealed class WordPieceDecoderTests
{
    [TestCase("a .", "a.")]
    [TestCase("a ?", "a?")]
    [TestCase("a !", "a!")]
    [TestCase("a ,", "a,")]
    [TestCase("do n't", "don't")]
    [TestCase("i 'm", "i'm")]
    [TestCase("he 's", "he's")]
    [TestCase("we 've", "we've")]
    [TestCase("they 're", "they're")]
    [TestCase("a ' b", "a ' b", Description = "an apostrophe alone is a token of its own, with no blank behind it yet")]
    [TestCase("a ; b", "a ; b", Description = "no rule")]
    [TestCase("do not", "do not", Description = "two tokens, so that the rule for both does not see them")]
    [TestCase(". . .", "...")]
    public void Blanks_before_punctuation_and_endings_go(string tokens, string expected)
    {
        Assert.That(Decode(cleanUp: true, tokens), Is.EqualTo(expected));
        Assert.That(Decode(cleanUp: false, tokens), Is.EqualTo(tokens));
    }

    [TestCase("un ##aff ##able", "unaffable")]
    [TestCase("##un ##aff", "##unaff", Description = "the first token has nothing to continue")]
    [TestCase("a ## b", "a b", Description = "an empty continuation")]
    [TestCase("a ###b", "a#b", Description = "the mark is taken off once")]
    [TestCase("a #b", "a #b")]
    public void Continuations_are_joined(string tokens, string expected) =>
        Assert.That(Decode(cleanUp: false, tokens), Is.EqualTo(expected));

    [Test]
    public void Another_mark_may_be_used() => Assert.That(
        string.Concat(new WordPieceDecoder("@@", false).Decode(["a", "@@b", "##c"])), Is.EqualTo("ab ##c"));

    private static string Decode(bool cleanUp, string tokens) =>
        string.Concat(new WordPieceDecoder("##", cleanUp).Decode([.. tokens.Split(' ')]));
}
