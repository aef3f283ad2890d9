using OrtTrainer.Text.Decoding;

namespace OrtTrainer.Tests.Text.Decoding;

/// <summary>What the SentencePiece library makes of blanks, bytes and special pieces when it decodes.</summary>
public sealed class SentencePieceDecoderTests
{
    [TestCase("▁a ▁b", "a b")]
    [TestCase("a ▁b", "a b")]
    [TestCase("▁▁a", " a", Description = "only one was put there")]
    [TestCase("</s> ▁a", "a", Description = "a control piece is no text before it")]
    [TestCase("▁ ▁a", "a", Description = "blanks dropped at the start are dropped until something shows")]
    [TestCase("<unk> ▁a", " ⁇  a")]
    [TestCase("a </s> b", "ab")]
    public void Where_extra_blanks_are_removed_a_text_begins_without_one(string tokens, string expected) =>
        Assert.That(Decode(true, true, tokens), Is.EqualTo(expected));

    [TestCase("▁a ▁b", "a b")]
    [TestCase("▁ ▁a", " a", Description = "the first is the library's, the second the text's")]
    public void Where_they_are_kept_one_blank_alone_is_taken_off(string tokens, string expected) =>
        Assert.That(Decode(true, false, tokens), Is.EqualTo(expected));

    [Test]
    public void Without_a_blank_in_front_all_of_them_are_text() =>
        Assert.That(Decode(false, false, "▁a ▁b"), Is.EqualTo(" a b"));

    [TestCase("<0xE4> <0xB8> <0xAD>", "中")]
    [TestCase("a <0xE4> <0xB8> b", "a\uFFFD\uFFFDb", Description = "cut off: a sign for each byte")]
    [TestCase("<0xFF> <0x41>", "\uFFFDA")]
    [TestCase("<0xE4> <0x41>", "\uFFFDA")]
    [TestCase("<0xF0> <0x9F> <0x98> <0x80> <0xC3> <0xA9>", "😀é")]
    [TestCase("<0xED> <0xA0> <0x80>", "\uFFFD\uFFFD\uFFFD", Description = "half of a surrogate pair is no UTF-8")]
    public void Bytes_are_read_as_far_as_they_are_text(string tokens, string expected) =>
        Assert.That(Decode(true, true, tokens), Is.EqualTo(expected));

    [TestCase("<0xE5> <0x8F> <0xAB> <0xFF>", "\uFFFD\uFFFD\uFFFD\uFFFD")]
    [TestCase("<0xE5> <0x8F> <0xAB> a <0xFF>", "叫a\uFFFD")]
    public void The_component_of_tokenizer_json_takes_a_run_of_bytes_as_a_whole(string tokens, string expected) =>
        Assert.That(string.Concat(new ByteFallbackDecoder().Decode([.. tokens.Split(' ')])), Is.EqualTo(expected));

    private static string Decode(bool stripsFirst, bool stripsAll, string tokens) => string.Concat(
        new SentencePieceDecoder(new HashSet<string> { "</s>" }, "<unk>", " ⁇ ", stripsFirst,
            stripsAll).Decode([.. tokens.Split(' ')]));
}
