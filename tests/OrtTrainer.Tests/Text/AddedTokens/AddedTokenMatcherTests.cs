using OrtTrainer.Text;
using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.AddedTokens;

public sealed class AddedTokenMatcherTests
{
    [Test]
    public void Of_tokens_at_one_place_the_longest_counts() => AssertMatches(
        "x<ab><a>", [new AddedToken("<a", 0), new AddedToken("<ab>", 1), new AddedToken("<a>", 2)],
        (1, 5, 1), (5, 8, 2));

    [Test]
    public void White_space_is_taken_on_the_sides_it_is_told()
    {
        AddedToken both = new("<m>", 0) { LeftStrip = true, RightStrip = true };

        AssertMatches("a <m>\t b", [both], (1, 7, 0));
        AssertMatches("<m>  <m> ", [both], (0, 5, 0), (5, 9, 0));
        AssertMatches("a <m> b", [both with { RightStrip = false }], (1, 5, 0));
        AssertMatches("a <m> b", [both with { LeftStrip = false }], (2, 6, 0));
    }

    [Test]
    public void A_single_word_must_stand_alone()
    {
        AddedToken word = new("end", 0) { SingleWord = true };

        AssertMatches("end send ends (end) the end", [word], (0, 3, 0), (15, 18, 0), (24, 27, 0));
        AssertMatches("_end éend", [word]);
    }

    [Test]
    public void Nothing_is_found_where_there_is_nothing()
    {
        AssertMatches("", [new AddedToken("a", 0)]);
        AssertMatches("b<", [new AddedToken("<a", 0)]);
        Assert.That(new AddedTokenMatcher([]).IsEmpty, Is.True);
        AssertMatches("abc", [new AddedToken("", 0)]);
    }

    [Test]
    public void Tokens_for_normalized_text_are_normalized_themselves()
    {
        AddedVocabulary added = new(
            [new AddedToken("RAW", 1), new AddedToken("Norm", 2) { Normalized = true, Special = true }],
            new LowercaseNormalizer());

        PreTokenizedText text = added.Extract("NORM x RAW raw");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(text.Pieces.Select(piece => piece.TokenId), Is.EqualTo(new int?[] { 2, null, 1, null }));
            Assert.That(text.Pieces.Select(piece => piece.Text.ToString()), Is.EqualTo(["norm", " x ", "RAW", " raw"]));
            Assert.That(added.Decoded(2), Is.EqualTo(("norm", false)), "as the reference implementation decodes it");
            Assert.That(added.Decoded(9), Is.Null);
            Assert.That(added.Id("Norm"), Is.EqualTo(2));
            Assert.That(added.HasNormalizedTokens, Is.True);
        }
    }

    private static void AssertMatches(string text, AddedToken[] tokens, params (int Start, int End, int Id)[] expected)
    {
        AddedTokenMatcher matcher = new(tokens.Select(token => (token.Content, token)));
        Assert.That(
            matcher.Matches(CodePoints.From(text)).Select(match => (match.Range, match.Token.Id)),
            Is.EqualTo(expected.Select(match => (new TextRange(match.Start, match.End), match.Id))));
    }
}
