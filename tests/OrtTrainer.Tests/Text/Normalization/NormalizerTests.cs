using OrtTrainer.Text;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Normalization;

public sealed class NormalizerTests
{
    [TestCase("Hello\tWorld\r\n", "hello world  ")]
    [TestCase("a\u0000b\u0007c\uFFFDd\u200De", "abcde")]
    [TestCase("nbsp\u00A0em\u2003", "nbsp em ")]
    [TestCase("Crème Brûlée Ångström", "creme brulee angstrom")]
    [TestCase("e\u0301", "e")]
    [TestCase("\u4E2D\u6587a", " \u4E2D  \u6587 a")]
    [TestCase("İI", "ii")]
    [TestCase("Straße ẞ", "straße ß")]
    public void Bert_cleans_separates_ideographs_drops_accents_and_lower_cases(string text, string expected) =>
        Assert.That(new BertNormalizer(new BertNormalizerOptions()).Normalize(text), Is.EqualTo(expected));

    [Test]
    public void Bert_keeps_accents_with_case_unless_told_otherwise()
    {
        Assert.That(Bert(lowercase: false, stripAccents: null).Normalize("Élan"), Is.EqualTo("Élan"));
        Assert.That(Bert(lowercase: false, stripAccents: true).Normalize("Élan"), Is.EqualTo("Elan"));
        Assert.That(Bert(lowercase: true, stripAccents: false).Normalize("Élan"), Is.EqualTo("élan"));
        Assert.That(
            new BertNormalizer(new BertNormalizerOptions { CleanText = false, HandleChineseChars = false })
                .Normalize("\u0001\u4E2D"),
            Is.EqualTo("\u0001\u4E2D"));
    }

    [Test]
    public void Capital_dotted_i_becomes_two_characters_that_share_its_range()
    {
        NormalizedText text = new("aİb");

        new LowercaseNormalizer().Normalize(text);

        Assert.That(text.ToString(), Is.EqualTo("ai\u0307b"));
        Assert.That(text.OriginalRange(2, 3), Is.EqualTo(new TextRange(1, 2)));
        Assert.That(text.OriginalRange(3, 4), Is.EqualTo(new TextRange(2, 3)));
    }

    [TestCase(true, true, "a b")]
    [TestCase(true, false, "a b\u3000")]
    [TestCase(false, true, " \ta b")]
    [TestCase(false, false, " \ta b\u3000")]
    public void Strip_drops_white_space_at_the_ends_it_is_told(bool left, bool right, string expected) =>
        Assert.That(new StripNormalizer(left, right).Normalize(" \ta b\u3000"), Is.EqualTo(expected));

    [Test]
    public void Strip_of_nothing_but_white_space_is_empty() =>
        Assert.That(new StripNormalizer(true, true).Normalize("  \n "), Is.Empty);

    [Test]
    public void Accents_are_stripped_where_they_are_characters_of_their_own()
    {
        Assert.That(new StripAccentsNormalizer().Normalize("e\u0301 é \u0903"), Is.EqualTo("e é "));
    }

    [Test]
    public void Prepend_leaves_an_empty_text_empty()
    {
        Assert.That(new PrependNormalizer("▁").Normalize("a"), Is.EqualTo("▁a"));
        Assert.That(new PrependNormalizer("▁").Normalize(""), Is.Empty);
        Assert.That(new PrependNormalizer("").Normalize("a"), Is.EqualTo("a"));
    }

    [Test]
    public void Replace_takes_texts_and_regular_expressions()
    {
        Assert.That(new ReplaceNormalizer(TextPattern.Literal("ab"), "x").Normalize("abcabab"), Is.EqualTo("xcxx"));
        Assert.That(new ReplaceNormalizer(TextPattern.Expression(" {2,}"),
            " ").Normalize("a   b c"), Is.EqualTo("a b c"));
        Assert.That(new ReplaceNormalizer(TextPattern.Literal(""), "x").Normalize("ab"), Is.EqualTo("ab"));
        Assert.That(new ReplaceNormalizer(TextPattern.Literal("b"), "").Normalize("bab"), Is.EqualTo("a"));
    }

    [Test]
    public void A_sequence_goes_step_by_step()
    {
        SequenceNormalizer sequence = new([
            new UnicodeFormNormalizer(UnicodeForm.Nfd), new StripAccentsNormalizer(), new LowercaseNormalizer(),
        ]);

        Assert.That(sequence.Normalize("ÉCOLE"), Is.EqualTo("ecole"));
    }

    private static BertNormalizer Bert(bool lowercase, bool? stripAccents) =>
        new(new BertNormalizerOptions { Lowercase = lowercase, StripAccents = stripAccents });
}
