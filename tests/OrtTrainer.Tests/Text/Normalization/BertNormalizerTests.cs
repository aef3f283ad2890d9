using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Normalization;

/// <summary>BERT's normalizer, one switch at a time.</summary>
public sealed class BertNormalizerTests
{
    private static readonly BertNormalizerOptions Nothing = new()
    {
        CleanText = false, HandleChineseChars = false, StripAccents = false, Lowercase = false,
    };

    private const string Everything = "\0A\tÉ中\u00ADe\u0301\u3000\uFFFDß";

    [Test]
    public void With_every_switch_off_a_text_stays() => AssertNormalized(Nothing, Everything, Everything);

    [Test]
    public void Clean_text_drops_controls_and_makes_white_space_blanks() =>
        AssertNormalized(Nothing with { CleanText = true }, Everything, "A É中e\u0301 ß");

    [Test]
    public void Ideographs_are_set_apart() =>
        AssertNormalized(Nothing with { HandleChineseChars = true }, "a中国b", "a 中  国 b");

    [Test]
    public void Accents_are_dropped_from_letters_and_as_marks() =>
        AssertNormalized(Nothing with { StripAccents = true }, "ÉE\u0301ñ각", "EEn\u1100\u1161\u11A8");

    [Test]
    public void Lower_case_by_itself_keeps_accents() =>
        AssertNormalized(Nothing with { Lowercase = true }, "ÉΣß", "éσß");

    [Test]
    public void Lower_case_drops_accents_too_where_nothing_is_said_about_them() =>
        AssertNormalized(Nothing with { Lowercase = true, StripAccents = null }, "ÉΣß", "eσß");

    [TestCase("a\u0000b", "ab")]
    [TestCase("a\uFFFDb", "ab")]
    [TestCase("a\u200Db", "ab")]
    [TestCase("a\u200Bb", "ab")]
    [TestCase("a\uFEFFb", "ab")]
    [TestCase("a\u0085b", "ab")]
    [TestCase("a\u000Bb", "ab")]
    [TestCase("a\rb", "a b")]
    [TestCase("a\u2028b", "a b")]
    [TestCase("a\u00A0b", "a b")]
    [TestCase("a\uD800b", "ab")]
    [TestCase("a\uE000b", "ab")]
    public void What_cleaning_makes_of_a_character(string text, string expected) =>
        AssertNormalized(new BertNormalizerOptions(), text, expected);

    [Test]
    public void Blanks_around_an_ideograph_share_its_neighbourhood()
    {
        NormalizedText text = new("ab中c");

        new BertNormalizer(new BertNormalizerOptions()).Normalize(text);

        //                                          a  b  _  中  _  c
        Assert.That(text.ToString(), Is.EqualTo("ab 中 c"));
        Assert.That(text.OriginalRange(0, 2), Is.EqualTo(new OrtTrainer.Text.TextRange(0, 2)));
        Assert.That(text.OriginalRange(3, 4), Is.EqualTo(new OrtTrainer.Text.TextRange(2, 3)));
        Assert.That(text.OriginalRange(5, 6), Is.EqualTo(new OrtTrainer.Text.TextRange(3, 4)));
    }

    private static void AssertNormalized(BertNormalizerOptions options, string text, string expected) =>
        Assert.That(new BertNormalizer(options).Normalize(text), Is.EqualTo(expected));
}
