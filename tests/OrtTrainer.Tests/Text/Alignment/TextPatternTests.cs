using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Tests.Text.Alignment;

public sealed class TextPatternTests
{
    [TestCase("aa", "aaaaa", "0-2 2-4")]
    [TestCase("ab", "ab.ab", "0-2 3-5")]
    [TestCase("ab", "ba", "")]
    [TestCase("ab", "a", "")]
    [TestCase("", "ab", "")]
    [TestCase("😀", "a😀b😀", "1-2 3-4")]
    public void A_literal_is_found_left_to_right_without_overlap(string literal, string text, string expected) =>
        AssertMatches(TextPattern.Literal(literal), text, expected);

    [TestCase("a+", "baab", "1-3")]
    [TestCase("x*", "axb", "1-2")]
    [TestCase(@"\s+$", "a b  ", "3-5")]
    [TestCase(@"(?i:'s)|\p{N}{1,3}", "it'S 12345", "2-4 5-8 8-10")]
    [TestCase("[", null, null)]
    public void An_expression_is_found_with_empty_matches_left_out(string expression, string? text, string? expected)
    {
        if (text is null)
        {
            Assert.That(() => TextPattern.Expression(expression), Throws.InstanceOf<ArgumentException>());
            return;
        }

        AssertMatches(TextPattern.Expression(expression), text, expected!);
    }

    [TestCase("(?i)(.*)*x")]
    [TestCase("(a+)+$")]
    [TestCase("(a|aa)+b")]
    public void Repetitions_inside_repetitions_take_no_longer_than_others(string expression) =>
        AssertMatches(TextPattern.Expression(expression), new string('a', 30) + "!", "");

    [Test]
    public void An_expression_that_looks_around_is_stopped_at_the_limit()
    {
        TextPattern pattern = TextPattern.Expression(
            "(a+)+(?=b)", "tokenizer.json: field 'normalizer.pattern.Regex'", TimeSpan.FromMilliseconds(50));

        Assert.That(
            () => pattern.Matches([.. Enumerable.Repeat((int)'a', 40)]).ToList(),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "tokenizer.json: field 'normalizer.pattern.Regex': the regular expression (a+)+(?=b) took more than "
                + "0.05 s over a text of 40 characters; write it without repetitions inside repetitions."));
    }

    // Beyond U+FFFF: a letter of each kind, digit, marks, symbols, punctuation, control, private use, unassigned.
    [TestCase(@"\p{Lu}", 0x1D400)]
    [TestCase(@"\p{Ll}", 0x1D41A)]
    [TestCase(@"\p{Lm}", 0x16F93)]
    [TestCase(@"\p{Lo}", 0x20000)]
    [TestCase(@"\p{Mn}", 0x1D167)]
    [TestCase(@"\p{Mc}", 0x11000)]
    [TestCase(@"\p{Nd}", 0x1D7CE)]
    [TestCase(@"\p{Nl}", 0x10140)]
    [TestCase(@"\p{No}", 0x10107)]
    [TestCase(@"\p{Po}", 0x10100)]
    [TestCase(@"\p{Pd}", 0x10EAD)]
    [TestCase(@"\p{Sm}", 0x1D6C1)]
    [TestCase(@"\p{Sc}", 0x1E2FF)]
    [TestCase(@"\p{Sk}", 0x1F3FB)]
    [TestCase(@"\p{So}", 0x1F600)]
    [TestCase(@"\p{Cf}", 0xE0001)]
    [TestCase(@"\p{Co}", 0x100000)]
    [TestCase(@"\p{Cn}", 0x1FFFF)]
    public void Character_classes_hold_beyond_the_basic_plane(string expression, int point)
    {
        string text = "-" + char.ConvertFromUtf32(point) + "-";

        AssertMatches(TextPattern.Expression(expression), text.Replace('-', '\n'), "1-2");
    }

    private static void AssertMatches(TextPattern pattern, string text, string expected) => Assert.That(
        string.Join(' ', pattern.Matches(CodePoints.From(text)).Select(match => $"{match.Start}-{match.End}")),
        Is.EqualTo(expected));
}
