using System.Text.RegularExpressions;
using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Tests.Text.Alignment;

/// <summary>Every behaviour on every short text, against a regular expression that says the same in one line.</summary>
internal sealed class TextSplittingTests
{
    [TestCase(SplitBehavior.Removed, "[^-]+")]
    [TestCase(SplitBehavior.Isolated, "[^-]+|-")]
    [TestCase(SplitBehavior.MergedWithPrevious, "[^-]*-|[^-]+")]
    [TestCase(SplitBehavior.MergedWithNext, "-[^-]*|[^-]+")]
    [TestCase(SplitBehavior.Contiguous, "[^-]+|-+")]
    public void All_texts_of_up_to_ten_characters_are_cut_as_the_behaviour_says(SplitBehavior behavior, string pieces)
    {
        Regex pattern = new(pieces);
        for (int length = 0; length <= 10; length++)
        {
            for (int bits = 0; bits < 1 << length; bits++)
            {
                string text = new([.. Enumerable.Range(0, length).Select(i => ((bits >> i) & 1) == 1 ? '-' : 'a')]);
                List<NormalizedText> parts = [];
                new NormalizedText(text).SplitAt(point => point == '-', behavior, parts);
                string actual = string.Join('|', parts);
                string expected = string.Join('|', pattern.Matches(text).Select(match => match.Value));
                if (actual != expected)
                {
                    Assert.That(actual, Is.EqualTo(expected), text);
                }
            }
        }
    }

    [TestCase(SplitBehavior.Removed, "ab|e")]
    [TestCase(SplitBehavior.Isolated, "ab|cd|e|f")]
    [TestCase(SplitBehavior.MergedWithPrevious, "abcd|ef")]
    [TestCase(SplitBehavior.MergedWithNext, "ab|cde|f")]
    [TestCase(SplitBehavior.Contiguous, "ab|cd|e|f")]
    public void Delimiters_of_several_characters_stay_whole(SplitBehavior behavior, string expected)
    {
        List<NormalizedText> parts = [];

        new NormalizedText("abcdef").SplitAt(
            [new OrtTrainer.Text.TextRange(2, 4), new OrtTrainer.Text.TextRange(5, 6)], behavior, parts);

        Assert.That(string.Join('|', parts), Is.EqualTo(expected));
    }

    // 1 and 2 are what is kept, b and c lie between.
    [TestCase(SplitBehavior.Removed, "1|2|1")]
    [TestCase(SplitBehavior.Isolated, "b|1|2|c|1")]
    [TestCase(SplitBehavior.MergedWithPrevious, "b|1|2c|1")]
    [TestCase(SplitBehavior.MergedWithNext, "b1|2|c1")]
    [TestCase(SplitBehavior.Contiguous, "b|12|c|1")]
    public void Inverted_it_is_what_lies_between_that_delimits(SplitBehavior behavior, string expected)
    {
        List<NormalizedText> parts = [];

        new NormalizedText("b12c1").SplitAt(
            TextPattern.Expression("[0-9]").Matches(CodePoints.From("b12c1")), behavior, parts, invert: true);

        Assert.That(string.Join('|', parts), Is.EqualTo(expected));
    }

    [Test]
    public void Parts_keep_their_ranges_of_the_whole_text()
    {
        List<NormalizedText> parts = [];

        new NormalizedText("ab-cd").SplitAt(point => point == '-', SplitBehavior.MergedWithNext, parts);

        Assert.That(parts[1].OriginalRange(0, 3), Is.EqualTo(new OrtTrainer.Text.TextRange(2, 5)));
    }
}
