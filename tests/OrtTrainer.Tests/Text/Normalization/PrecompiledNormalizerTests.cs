using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Normalization;

/// <summary>The component Precompiled as the reference implementation has it.</summary>
public sealed class PrecompiledNormalizerTests
{
    private static readonly PrecompiledNormalizer Normalizer = new(TinyCharacterMap.Of(
        ("a", "1"), ("ab", "2"), ("e\u0301", "E"), ("ﬁ", "fi"), ("\u00AD", ""), ("\t", " "), ("o\u0308", "oe")));

    [TestCase("ab", "1b", "0-1 1-2", Description = "the shortest key, not the longest")]
    [TestCase("xe\u0301y", "xEy", "0-1 1-2 3-4", Description = "a cluster as a whole")]
    [TestCase("o\u0308x", "oex", "0-1 1-2 2-3", Description = "as many characters as there were")]
    [TestCase("e\u0301\u0302", "E", "0-1", Description = "a cluster of five bytes that begins with a key")]
    [TestCase("e\u0301\u0302\u0303", "e\u0301\u0302\u0303", "0-1 1-2 2-3 3-4", Description = "a cluster too long")]
    [TestCase("xﬁ", "xfi", "0-1 1-2 1-2", Description = "an expansion shares the range")]
    [TestCase("x\u00ADy", "xy", "0-1 2-3", Description = "a character is dropped")]
    [TestCase("\u00ADy", "y", "0-1", Description = "what is dropped at the start goes unrecorded")]
    [TestCase("x\ty", "x y", "0-1 1-2 2-3")]
    [TestCase("xyz", "xyz", "0-1 1-2 2-3", Description = "nothing to do")]
    [TestCase("", "", "")]
    public void Characters_and_short_clusters_are_replaced(string text, string expected, string ranges)
    {
        NormalizedText normalized = new(text);

        Normalizer.Normalize(normalized);

        Assert.That(normalized.ToString(), Is.EqualTo(expected));
        Assert.That(
            string.Join(' ', Enumerable.Range(0, normalized.Length).Select(i => normalized.OriginalRange(i, i + 1))
                .Select(
                range => $"{range.Start}-{range.End}")),
            Is.EqualTo(ranges));
    }
}
