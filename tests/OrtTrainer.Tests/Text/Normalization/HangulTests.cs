using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Normalization;

/// <summary>
/// Hangul syllables by counting: leads, vowels and trails in nested loops name all 11172 of them in code point order.
/// </summary>
public sealed class HangulTests
{
    [Test]
    public void Every_syllable_falls_into_its_letters_and_back()
    {
        int syllable = 0xAC00;
        for (int lead = 0x1100; lead <= 0x1112; lead++)
        {
            for (int vowel = 0x1161; vowel <= 0x1175; vowel++)
            {
                for (int trail = 0x11A7; trail <= 0x11C2; trail++)
                {
                    // The first trail stands for none.
                    string letters = trail == 0x11A7 ? $"{(char)lead}{(char)vowel}"
                        : $"{(char)lead}{(char)vowel}{(char)trail}";
                    string whole = ((char)syllable++).ToString();
                    bool right = Apply(whole, UnicodeForm.Nfd) == letters && Apply(letters, UnicodeForm.Nfc) == whole
                        && Apply(whole, UnicodeForm.Nfkd) == letters && Apply(whole, UnicodeForm.Nfc) == whole;
                    if (!right)
                    {
                        Assert.Fail($"U+{syllable - 1:X4}");
                    }
                }
            }
        }

        Assert.That(syllable, Is.EqualTo(0xD7A4));
    }

    [TestCase("\u1100", "\u1100", Description = "a lead alone")]
    [TestCase("\u1100\u1100\u1161", "\u1100\uAC00", Description = "only the last lead joins")]
    [TestCase("\uAC00\u1161", "\uAC00\u1161", Description = "a second vowel does not join")]
    [TestCase("\uAC01\u11A8", "\uAC01\u11A8", Description = "a second trail does not join")]
    [TestCase("\uAC00\u11A7", "\uAC00\u11A7", Description = "U+11A7 is no trail")]
    [TestCase("\uAC00\u11C3", "\uAC00\u11C3", Description = "an old trail beyond the algorithm's")]
    [TestCase("\u1113\u1161", "\u1113\u1161", Description = "an old lead beyond the algorithm's")]
    [TestCase("\u1100\u1176", "\u1100\u1176", Description = "an old vowel beyond the algorithm's")]
    [TestCase("\u1100\u0301\u1161", "\u1100\u0301\u1161", Description = "a mark between blocks")]
    public void Letters_that_make_no_syllable_stay(string letters, string expected) =>
        Assert.That(Apply(letters, UnicodeForm.Nfc), Is.EqualTo(expected));

    [Test]
    public void Letters_share_the_range_of_their_syllable()
    {
        NormalizedText text = new("x각y");

        UnicodeNormalization.Apply(text, UnicodeForm.Nfd);

        Assert.That(
            Enumerable.Range(0, 5).Select(i => text.OriginalRange(i, i + 1).Start), Is.EqualTo([0, 1, 1, 1, 2]));
    }

    private static string Apply(string text, UnicodeForm form) => new UnicodeFormNormalizer(form).Normalize(text);
}
