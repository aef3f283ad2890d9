using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Normalization;

/// <summary>Canonical ordering, blocking and the laws between the four forms, on random text full of marks.</summary>
public sealed class CombiningMarkTests
{
    // Above, below, attached below, overlay, nukta, virama, Hebrew points, double below, iota below, kana voicing.
    private const string Marks = "\u0300\u0301\u0308\u0323\u0331\u0327\u0338\u093C\u094D\u05B4\u05BC\u035C\u0345\u3099";

    private static readonly Dictionary<char, int> ClassOf = new()
    {
        ['\u0300'] = 230, ['\u0301'] = 230, ['\u0308'] = 230, ['\u0323'] = 220, ['\u0331'] = 220, ['\u0327'] = 202,
        ['\u0338'] = 1, ['\u093C'] = 7, ['\u094D'] = 9, ['\u05B4'] = 14, ['\u05BC'] = 21, ['\u035C'] = 233,
        ['\u0345'] = 240, ['\u3099'] = 8,
    };

    [Test]
    public void Combining_classes_are_those_of_the_standard()
    {
        foreach ((char mark, int expected) in ClassOf)
        {
            Assert.That(DecompositionTable.CombiningClass(mark), Is.EqualTo(expected), $"U+{(int)mark:X4}");
        }

        Assert.That(DecompositionTable.CombiningClass('a'), Is.Zero);
        Assert.That(DecompositionTable.CombiningClass(0x200D), Is.Zero);
        Assert.That(DecompositionTable.CombiningClass(0x1D16E), Is.EqualTo(216));
    }

    [Test]
    public void Marks_after_a_starter_are_sorted_by_class_and_equal_ones_keep_their_order()
    {
        Random random = new(2);
        for (int i = 0; i < 2000; i++)
        {
            string marks = Random(random, Marks, 8);

            // Stable by the definition of OrderBy.
            string expected = "x" + new string([.. marks.OrderBy(mark => ClassOf[mark])]) + "y";

            Assert.That(Apply("x" + marks + "y", UnicodeForm.Nfd), Is.EqualTo(expected));
        }
    }

    [Test]
    public void The_forms_obey_the_laws_of_the_annex()
    {
        Random random = new(3);
        const string bases = "aAeosSqカは\u0915ا\u05D0ﬁ½Å\u212Bǖậ\u1E9B\u0344\uFB1D가\u1100\u1161\u11A8②㌔";
        for (int i = 0; i < 3000; i++)
        {
            string text = Random(random, bases + Marks, 10);
            string nfc = Apply(text, UnicodeForm.Nfc);
            string nfd = Apply(text, UnicodeForm.Nfd);
            string nfkc = Apply(text, UnicodeForm.Nfkc);
            string nfkd = Apply(text, UnicodeForm.Nfkd);
            bool lawful = Apply(nfc, UnicodeForm.Nfc) == nfc && Apply(nfd, UnicodeForm.Nfd) == nfd
                && Apply(nfkc, UnicodeForm.Nfkc) == nfkc && Apply(nfkd, UnicodeForm.Nfkd) == nfkd
                && Apply(nfd, UnicodeForm.Nfc) == nfc && Apply(nfc, UnicodeForm.Nfd) == nfd
                && Apply(nfd, UnicodeForm.Nfkc) == nfkc && Apply(nfc, UnicodeForm.Nfkd) == nfkd
                && Apply(nfkd, UnicodeForm.Nfc) == nfkc && Apply(nfkc, UnicodeForm.Nfd) == nfkd;
            if (!lawful)
            {
                Assert.Fail(string.Join(' ', text.Select(unit => $"{(int)unit:X4}")));
            }
        }
    }

    [TestCase("a\u0327\u0301", "\u00E1\u0327", Description = "a mark of another class does not block")]
    [TestCase("a\u0308\u0301", "\u00E4\u0301", Description = "a mark of the same class blocks, the first composes")]
    [TestCase("u\u0308\u0304", "\u01D6", Description = "a composition may compose again")]
    [TestCase("a\u0323\u0302", "\u1EAD")]
    [TestCase("a\u0302\u0323", "\u1EAD")]
    [TestCase("q\u0307\u0323", "q\u0323\u0307", Description = "nothing to compose with, but sorted")]
    [TestCase("\u0301a", "\u0301a", Description = "a mark with nothing before it")]
    [TestCase("か\u3099", "が")]
    [TestCase("\u0915\u093C", "\u0915\u093C", Description = "excluded from composition")]
    [TestCase("\u0344", "\u0308\u0301", Description = "excluded, though it decomposes")]
    [TestCase("\u2ADC", "\u2ADD\u0338", Description = "excluded")]
    [TestCase("\uFB1D", "\u05D9\u05B4", Description = "excluded")]
    [TestCase("\u0374", "\u02B9", Description = "a single character never comes back")]
    [TestCase("\u1100\u1161", "\uAC00")]
    [TestCase("\u09C7\u09BE", "\u09CB", Description = "two starters that compose")]
    [TestCase("\u09C7\u0334\u09BE", "\u09C7\u0334\u09BE", Description = "starters with a mark between them do not")]
    [TestCase("\U00011131\U00011127", "\U0001112E", Description = "beyond the basic plane")]
    [TestCase("\U0002F800", "\u4E3D", Description = "a compatibility ideograph")]
    public void Composition_is_that_of_the_standard(string text, string expected) =>
        Assert.That(Apply(text, UnicodeForm.Nfc), Is.EqualTo(expected));

    [TestCase("ﬃ", "ffi")]
    [TestCase("①²", "12")]
    [TestCase("㌔", "キロ")]
    [TestCase("Ａｂ", "Ab")]
    [TestCase("ﾊﾞ", "バ")]
    [TestCase("\u00A0…", " ...")]
    [TestCase("ſ\u0323\u0307", "ṩ")]
    [TestCase("\uFDFA", "صلى الله عليه وسلم")]
    [TestCase("𝔸𝟘", "A0")]
    public void Compatibility_characters_become_what_they_look_like(string text, string expected) =>
        Assert.That(Apply(text, UnicodeForm.Nfkc), Is.EqualTo(expected));

    private static string Apply(string text, UnicodeForm form) => new UnicodeFormNormalizer(form).Normalize(text);

    private static string Random(Random random, string alphabet, int longest) =>
        new([.. Enumerable.Range(0, random.Next(longest + 1)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
}
