using OrtTrainer.Text;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Normalization;

/// <summary>Examples of Unicode Standard Annex 15 and its conformance test's invariants.</summary>
public sealed class UnicodeNormalizationTests
{
    // source, NFC, NFD, NFKC, NFKD
    [TestCase("\u00C5", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [TestCase("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [TestCase("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [TestCase("2\u2075", "2\u2075", "2\u2075", "25", "25")]
    [TestCase("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [TestCase("\u1E69", "\u1E69", "s\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [TestCase("s\u0307\u0323", "\u1E69", "s\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [TestCase("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [TestCase("\uAC01", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [TestCase("\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [TestCase("\uAC00\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [TestCase("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65", "\uD834\uDD57\uD834\uDD65", "\uD834\uDD57\uD834\uDD65",
        "\uD834\uDD57\uD834\uDD65")]
    [TestCase("a\u0328\u0301", "\u0105\u0301", "a\u0328\u0301", "\u0105\u0301", "a\u0328\u0301")]
    [TestCase("\u0301\u0300x", "\u0301\u0300x", "\u0301\u0300x", "\u0301\u0300x", "\u0301\u0300x")]
    [TestCase("plain ASCII", "plain ASCII", "plain ASCII", "plain ASCII", "plain ASCII")]
    [TestCase("", "", "", "", "")]
    public void All_four_forms_are_those_of_the_standard(
        string source, string nfc, string nfd, string nfkc, string nfkd)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Apply(source, UnicodeForm.Nfc), Is.EqualTo(nfc));
            Assert.That(Apply(source, UnicodeForm.Nfd), Is.EqualTo(nfd));
            Assert.That(Apply(source, UnicodeForm.Nfkc), Is.EqualTo(nfkc));
            Assert.That(Apply(source, UnicodeForm.Nfkd), Is.EqualTo(nfkd));
        }
    }

    [Test]
    public void Forms_of_every_character_that_decomposes_are_stable_and_composition_loses_nothing()
    {
        for (int point = 0; point <= 0x2FFFF; point++)
        {
            if (point is >= 0xD800 and <= 0xDFFF)
            {
                continue;
            }

            string source = char.ConvertFromUtf32(point);
            string nfd = Apply(source, UnicodeForm.Nfd);
            if (nfd == source)
            {
                continue;
            }

            string nfc = Apply(source, UnicodeForm.Nfc);
            bool stable = Apply(nfd, UnicodeForm.Nfd) == nfd
                && Apply(nfc, UnicodeForm.Nfc) == nfc
                && Apply(nfd, UnicodeForm.Nfc) == nfc
                && Apply(nfc, UnicodeForm.Nfd) == nfd;
            if (!stable)
            {
                Assert.Fail($"U+{point:X4}");
            }
        }
    }

    [Test]
    public void Composed_characters_stand_for_all_that_was_composed()
    {
        NormalizedText text = new("xe\u0301y");

        UnicodeNormalization.Apply(text, UnicodeForm.Nfc);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(text.ToString(), Is.EqualTo("xéy"));
            Assert.That(text.OriginalRange(1, 2), Is.EqualTo(new TextRange(1, 2)), "as the reference: where it begins");
            Assert.That(text.OriginalRange(2, 3), Is.EqualTo(new TextRange(3, 4)));
        }
    }

    [Test]
    public void Parts_of_a_decomposed_character_share_its_range()
    {
        NormalizedText text = new("aéb");

        UnicodeNormalization.Apply(text, UnicodeForm.Nfd);

        Assert.That(text.OriginalRange(1, 2), Is.EqualTo(new TextRange(1, 2)));
        Assert.That(text.OriginalRange(2, 3), Is.EqualTo(new TextRange(1, 2)));
        Assert.That(text.OriginalRange(3, 4), Is.EqualTo(new TextRange(2, 3)));
    }

    private static string Apply(string text, UnicodeForm form) => new UnicodeFormNormalizer(form).Normalize(text);
}
