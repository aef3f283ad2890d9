using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Tests.Text.Alignment;

/// <summary>The classes against the lists of the Unicode Character Database and the blocks BERT names.</summary>
public sealed class UnicodeClassTests
{
    [Test]
    public void White_space_is_exactly_the_property_of_unicode()
    {
        int[] expected =
        [
            0x9, 0xA, 0xB, 0xC, 0xD, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
            0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
        ];

        Assert.That(All(UnicodeClass.IsWhiteSpace), Is.EqualTo(expected));
    }

    [Test]
    public void Ascii_punctuation_holds_symbols_too() => Assert.That(
        new string([.. Enumerable.Range(0, 128).Where(UnicodeClass.IsPunctuation).Select(point => (char)point)]),
        Is.EqualTo("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"));

    [TestCase('¡', true)]
    [TestCase('—', true)]
    [TestCase('…', true)]
    [TestCase('。', true)]
    [TestCase('«', true)]
    [TestCase('‿', true)]
    [TestCase('€', false)]
    [TestCase('±', false)]
    [TestCase('´', false)]
    [TestCase('é', false)]
    public void Beyond_ascii_punctuation_is_the_general_category(char character, bool expected) =>
        Assert.That(UnicodeClass.IsPunctuation(character), Is.EqualTo(expected));

    [TestCase('\t', false)]
    [TestCase('\n', false)]
    [TestCase('\r', false)]
    [TestCase('\0', true)]
    [TestCase('\u007F', true)]
    [TestCase('\u0085', true)]
    [TestCase('\u00AD', true)]
    [TestCase('\u200B', true)]
    [TestCase('\uE000', true)]
    [TestCase('\uFEFF', true)]
    [TestCase('\u2028', false)]
    [TestCase('\uFFFD', false)]
    [TestCase('a', false)]
    public void Controls_are_control_format_and_private_use_but_not_line_ends(char character, bool expected) =>
        Assert.That(UnicodeClass.IsControl(character), Is.EqualTo(expected));

    [TestCase(0x4E00, 0x9FFF)]
    [TestCase(0x3400, 0x4DBF)]
    [TestCase(0x20000, 0x2A6DF)]
    [TestCase(0x2A700, 0x2B81F)]
    [TestCase(0xF900, 0xFAFF)]
    [TestCase(0x2F800, 0x2FA1F)]
    public void A_block_of_ideographs_ends_where_it_ends(int first, int last)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(UnicodeClass.IsCjkIdeograph(first), Is.True);
            Assert.That(UnicodeClass.IsCjkIdeograph(last), Is.True);
            Assert.That(UnicodeClass.IsCjkIdeograph(first - 1), Is.False);
            Assert.That(UnicodeClass.IsCjkIdeograph(last + 1), Is.False);
        }
    }

    [TestCase('あ')]
    [TestCase('ア')]
    [TestCase('가')]
    [TestCase('、')]
    public void Kana_hangul_and_their_punctuation_are_no_ideographs(char character) =>
        Assert.That(UnicodeClass.IsCjkIdeograph(character), Is.False);

    // \w of Unicode Technical Standard 18, annex C: alphabetic, marks, decimal digits, connectors, joiners.
    [TestCase(0x61, true)]
    [TestCase(0x5F, true)]
    [TestCase(0x39, true)]
    [TestCase(0xAA, true)]
    [TestCase(0x301, true)]
    [TestCase(0x903, true)]
    [TestCase(0x20DD, true)]
    [TestCase(0x2163, true)]
    [TestCase(0x203F, true)]
    [TestCase(0x4E2D, true)]
    [TestCase(0x1D7D8, true)]
    [TestCase(0x200C, true)]
    [TestCase(0x200D, true)]
    [TestCase(0x24B6, true)]
    [TestCase(0x24E9, true)]
    [TestCase(0x1F130, true)]
    [TestCase(0x1F189, true)]
    [TestCase(0x24B5, false)]
    [TestCase(0x24EA, false)]
    [TestCase(0x1F18A, false)]
    [TestCase(0x200B, false)]
    [TestCase(0xB2, false)]
    [TestCase(0xBD, false)]
    [TestCase(0x2D, false)]
    [TestCase(0x20, false)]
    [TestCase(0x1F600, false)]
    public void Word_characters_are_those_of_regular_expressions(int point, bool expected) =>
        Assert.That(UnicodeClass.IsWord(point), Is.EqualTo(expected));

    [TestCase(0x300, true, true)]
    [TestCase(0x903, false, true)]
    [TestCase(0x20DD, false, true)]
    [TestCase(0x61, false, false)]
    [TestCase(0xB4, false, false)]
    public void Non_spacing_marks_are_some_of_the_marks(int point, bool nonSpacing, bool mark)
    {
        Assert.That(UnicodeClass.IsNonSpacingMark(point), Is.EqualTo(nonSpacing));
        Assert.That(UnicodeClass.IsMark(point), Is.EqualTo(mark));
    }

    [TestCase("AZ[a", "az[a")]
    [TestCase("ÀÞ×", "àþ×")]
    [TestCase("ΑΣς", "ασς")]
    [TestCase("ЀЯ", "ѐя")]
    [TestCase("ẞ", "ß")]
    [TestCase("ǅ", "ǆ")]
    [TestCase("\u2126K", "ωk")]
    [TestCase("\U00010400", "\U00010428")]
    [TestCase("ß½中", "ß½中")]
    public void Lower_case_is_the_simple_mapping(string upper, string lower) => Assert.That(
        CodePoints.ToText([.. CodePoints.From(upper).Select(UnicodeClass.ToLower)]), Is.EqualTo(lower));

    private static IEnumerable<int> All(Func<int, bool> condition) => Enumerable.Range(0, 0x110000).Where(point =>
        point is < 0xD800 or > 0xDFFF && condition(point));
}
