using System.Text.RegularExpressions;
using OrtTrainer.Text;
using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.AddedTokens;

/// <summary>Added tokens on random text, against regular expressions that say the same.</summary>
public sealed class AddedTokenRandomTests
{
    [Test]
    public void Plain_tokens_are_found_as_an_alternation_of_longest_first_finds_them()
    {
        Random random = new(21);
        for (int round = 0; round < 100; round++)
        {
            AddedToken[] tokens =
            [
                .. Enumerable.Range(0, 6).Select(_ => Word(random, "abé<", 4)).Distinct()
                    .Select((text, id) => new AddedToken(text, id)),
            ];
            Regex pattern = new(string.Join('|', tokens
                .Select(token => token.Content).OrderByDescending(text => text.Length).Select(
                Regex.Escape)));
            AddedTokenMatcher matcher = new(tokens.Select(token => (token.Content, token)));
            for (int i = 0; i < 20; i++)
            {
                string text = Word(random, "abé< ", 20);
                Assert.That(
                    matcher.Matches(CodePoints.From(text))
                        .Select(match => (match.Range.Start, match.Range.End, match.Token.Content)),
                    Is.EqualTo(pattern.Matches(text)
                        .Select(match => (match.Index, match.Index + match.Length, match.Value))), text);
            }
        }
    }

    [TestCase(false, false, false, "m")]
    [TestCase(true, false, false, @"\s*m")]
    [TestCase(false, true, false, @"m\s*")]
    [TestCase(true, true, false, @"\s*m\s*")]
    [TestCase(false, false, true, @"(?<!\w)m(?!\w)")]
    [TestCase(true, false, true, @"\s*(?<!\w)m(?!\w)")]
    [TestCase(true, true, true, @"\s*(?<!\w)m(?!\w)\s*")]
    public void Every_combination_of_flags_takes_what_it_should(bool left, bool right, bool single, string pattern)
    {
        AddedToken token = new("m", 0) { LeftStrip = left, RightStrip = right, SingleWord = single };
        AddedTokenMatcher matcher = new([("m", token)]);
        Random random = new(22);
        for (int i = 0; i < 500; i++)
        {
            string text = Word(random, "mma-  \t", 14);
            Assert.That(
                matcher.Matches(CodePoints.From(text)).Select(match => (match.Range.Start, match.Range.Length)),
                Is.EqualTo(Regex.Matches(text, pattern).Select(match => (match.Index, match.Length))), $"'{text}'");
        }
    }

    [Test]
    public void Pieces_put_together_are_the_text_that_went_in()
    {
        AddedVocabulary added = new(
            [
                new AddedToken("<m>", 1) { LeftStrip = true }, new AddedToken("ab", 2) { Normalized = true },
                new AddedToken("AB", 3),
                    new AddedToken("b", 4) { SingleWord = true, Normalized = true, RightStrip = true },
            ],
            new LowercaseNormalizer());
        Random random = new(23);
        for (int i = 0; i < 500; i++)
        {
            string text = Word(random, "aAbB<m> ", 16);
            PreTokenizedText pieces = added.Extract(text);
            int end = 0;
            foreach (PreTokenizedText.Piece piece in pieces.Pieces)
            {
                TextRange range = piece.Text.OriginalRange(0, piece.Text.Length);
                string original = text[range.Start..range.End];
                Assert.That(range.Start, Is.EqualTo(end), text);
                end = range.End;
                string? expected = piece.TokenId switch
                {
                    1 => "<m>",
                    2 => "ab",
                    3 => "AB",
                    4 => "b",
                    _ => null,
                };

                // A token that is found as it stands keeps its case; all else is lower-cased.
                bool isRaw = piece.TokenId is 1 or 3;
                Assert.That(piece.Text.ToString(), Is.EqualTo(isRaw ? original : original.ToLowerInvariant()), text);
                Assert.That(expected is null || piece.Text.ToString().Trim() == expected, Is.True, text);
                Assert.That(piece.TokenId is null && original.Contains("AB", StringComparison.Ordinal), Is.False, text);
            }

            Assert.That(end, Is.EqualTo(text.Length), text);
        }
    }

    private static string Word(Random random, string alphabet, int longest) =>
        new([.. Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
}
