using System.Text.RegularExpressions;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Tests.Text.PreTokenization;

/// <summary>The hand-written reader against the regular expression it stands for.</summary>
public sealed class Gpt2PatternTests
{
    private static readonly Regex Pattern = new(
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant);

    [TestCase("Hello world", new[] { "Hello", " world" })]
    [TestCase("I'll we've it's 'tis", new[] { "I", "'ll", " we", "'ve", " it", "'s", " '", "tis" })]
    [TestCase("a  b", new[] { "a", " ", " b" })]
    [TestCase("a   ", new[] { "a", "   " })]
    [TestCase("a \n\n b", new[] { "a", " \n\n", " b" })]
    [TestCase("x12.5%", new[] { "x", "12", ".", "5", "%" })]
    [TestCase(" ", new[] { " " })]
    public void Words_are_cut_as_gpt2_does(string text, string[] expected)
    {
        Assert.That(ByUnits(text), Is.EqualTo(expected));
        Assert.That(ByPoints(text), Is.EqualTo(expected));
    }

    [Test]
    public void Random_text_is_cut_as_the_regular_expression_does()
    {
        Random random = new(8);
        const string alphabet = "ab'strvemld  \n\t\u00A0\u30001²½é中-_.!\u0301İ";
        for (int i = 0; i < 3000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ =>
                alphabet[random.Next(alphabet.Length)]));
            string[] expected = [.. Pattern.Matches(text).Select(match => match.Value)];
            Assert.That(ByUnits(text), Is.EqualTo(expected), text);
            Assert.That(ByPoints(text), Is.EqualTo(expected), text);
        }
    }

    private static List<string> ByUnits(string text)
    {
        List<string> words = [];
        for (int at = 0; at < text.Length; at += words[^1].Length)
        {
            words.Add(text.Substring(at, Gpt2Pattern.NextWordLength(text.AsSpan(at))));
        }

        return words;
    }

    private static List<string> ByPoints(string text)
    {
        int[] points = CodePoints.From(text);
        List<string> words = [];
        for (int at = 0; at < points.Length;)
        {
            int end = Gpt2Pattern.NextWord(points, at);
            words.Add(CodePoints.ToText(points.AsSpan(at, end - at)));
            at = end;
        }

        return words;
    }
}
