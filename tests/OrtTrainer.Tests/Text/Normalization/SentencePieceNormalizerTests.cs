using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Normalization;

/// <summary>The SentencePiece library's own normalization, option by option.</summary>
public sealed class SentencePieceNormalizerTests
{
    private static readonly SentencePieceNormalizerOptions Plain = new()
    {
        AddDummyPrefix = false, RemoveExtraWhitespaces = false, EscapeWhitespaces = false,
    };

    [TestCase("  a  b ", "▁a▁b", "2-3 2-3 3-4 5-6")]
    [TestCase("a", "▁a", "0-1 0-1")]
    [TestCase("   ", "", "")]
    [TestCase("", "", "")]
    public void By_default_a_visible_blank_is_put_in_front_and_extra_ones_are_dropped(
        string text, string expected, string ranges) =>
        AssertNormalized(new(null, new([]), new()), text, expected, ranges);

    [TestCase(false, false, false, false, " a  b ")]
    [TestCase(true, false, false, false, "  a  b ")]
    [TestCase(false, true, false, false, "a b")]
    [TestCase(false, false, true, false, "▁a▁▁b▁")]
    [TestCase(true, true, false, true, "a b ")]
    [TestCase(true, false, true, true, "▁a▁▁b▁▁")]
    public void Every_option_does_what_its_name_says(bool prefix, bool remove, bool escape, bool suffix,
        string expected)
    {
        SentencePieceNormalizerOptions options = new()
        {
            AddDummyPrefix = prefix, RemoveExtraWhitespaces = remove, EscapeWhitespaces = escape,
                WhitespaceAsSuffix = suffix,
        };

        Assert.That(new SentencePieceNormalizer(null, new([]), options).Normalize(" a  b "), Is.EqualTo(expected));
    }

    [TestCase("ab", "2", "0-2", Description = "the longest key, not the shortest")]
    [TestCase("aba", "21", "0-2 2-3")]
    [TestCase("ac", "1c", "0-1 1-2")]
    [TestCase("xﬁy", "xfiy", "0-1 1-2 1-2 2-3")]
    [TestCase("x\u00ADy", "xy", "0-1 2-3", Description = "dropped, and the ranges around stay")]
    [TestCase("\u00ADy", "y", "1-2")]
    [TestCase("😀ab", "😀2", "0-1 1-3", Description = "bytes and code points are told apart")]
    public void The_map_is_applied_with_exact_ranges(string text, string expected, string ranges) => AssertNormalized(
        new(TinyCharacterMap.Of(("a", "1"), ("ab", "2"), ("ﬁ", "fi"), ("\u00AD", "")), new([]), Plain),
        text, expected, ranges);

    [Test]
    public void Blanks_that_the_map_makes_are_treated_like_others() => AssertNormalized(
        new(TinyCharacterMap.Of(("\t", " "), ("\u3000", " ")), new([]), new()), "\ta\u3000\tb\t", "▁a▁b",
            "1-2 1-2 2-3 4-5");

    [Test]
    public void User_defined_pieces_are_kept_from_the_map() => AssertNormalized(
        new(TinyCharacterMap.Of(("a", "1")), new(["<a>", "aaa"]), Plain), "a<a>aaaa", "1<a>aaa1",
            "0-1 1-2 2-3 3-4 4-5 5-6 6-7 7-8");

    [TestCase("abcd", 3)]
    [TestCase("abd", 2)]
    [TestCase("b", 0)]
    [TestCase("", 0)]
    [TestCase("😀!", 1)]
    public void Of_several_user_defined_pieces_the_longest_counts(string text, int expected) => Assert.That(
        new LongestPrefix(["ab", "", "abc", "😀"]).Match(CodePoints.From(text)), Is.EqualTo(expected));

    private static void AssertNormalized(SentencePieceNormalizer normalizer, string text, string expected,
        string ranges)
    {
        NormalizedText normalized = new(text);

        normalizer.Normalize(normalized);

        Assert.That(normalized.ToString(), Is.EqualTo(expected));
        Assert.That(
            string.Join(' ', Enumerable.Range(0, normalized.Length).Select(i => normalized.OriginalRange(i, i + 1))
                .Select(
                range => $"{range.Start}-{range.End}")),
            Is.EqualTo(ranges));
    }
}
