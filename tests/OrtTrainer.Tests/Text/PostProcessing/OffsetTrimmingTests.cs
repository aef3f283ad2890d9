using OrtTrainer.Text;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Tests.Text.PostProcessing;

public sealed class OffsetTrimmingTests
{
    [TestCase("Ġab", 3, 6, 4, 6, Description = "a blank in front")]
    [TestCase("ĠĠab", 3, 7, 5, 7)]
    [TestCase("ab", 3, 5, 3, 5)]
    [TestCase("abĠ", 3, 6, 3, 5, Description = "a blank behind")]
    [TestCase("ĠaĠĠ", 3, 7, 4, 5, Description = "on both sides")]
    [TestCase("ĠĠ", 3, 5, 5, 5, Description = "nothing but blanks is empty, at its end")]
    [TestCase("aĠb", 3, 6, 3, 6, Description = "not inside")]
    [TestCase("Ċ", 3, 4, 3, 4, Description = "a line feed written as a letter is no blank")]
    [TestCase(" [MASK]\t", 3, 11, 4, 10, Description = "an added token shows its white space as it is")]
    [TestCase("", 3, 3, 3, 3)]
    public void Blanks_are_taken_out_of_the_range(string token, int start, int end, int expectedStart, int expectedEnd)
    {
        foreach (bool addPrefixSpace in new[] { false, true })
        {
            Assert.That(
                new OffsetTrimming(addPrefixSpace).Trim(2, token, new TextRange(start, end)),
                Is.EqualTo(new TextRange(expectedStart, expectedEnd)));
        }
    }

    // With a prefix the first token's blank is in no text, so that nothing is to be taken out.
    [TestCase(true, 0, "Ġab", 0, 2, 0)]
    [TestCase(true, 1, "Ġab", 0, 2, 0)]
    [TestCase(true, 0, "Ġab", 5, 7, 5)]
    [TestCase(true, 1, "Ġab", 5, 8, 6)]
    [TestCase(true, 0, "ĠĠab", 0, 4, 2)]
    [TestCase(false, 0, "Ġab", 0, 3, 1)]
    public void The_blank_put_there_by_the_tokenizer_takes_nothing(
        bool addPrefixSpace, int index, string token, int start, int end, int expectedStart) => Assert.That(
        new OffsetTrimming(addPrefixSpace).Trim(index, token, new TextRange(start, end)),
        Is.EqualTo(new TextRange(expectedStart, end)));

    [Test]
    public void A_token_of_more_blanks_than_characters_stays_inside_its_range() =>
        Assert.That(new OffsetTrimming(false).Trim(1, "ĠĠĠ", new TextRange(4, 5)), Is.EqualTo(new TextRange(5, 5)));
}
