using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Normalization;

public sealed class CharacterMapTests
{
    private static readonly CharacterMap Map = TinyCharacterMap.Of(
        ("a", "1"), ("ab", "2"), ("abcd", "4"), ("é", "e"), ("ﬁ", "fi"), ("\u00AD", ""));

    [TestCase("a", "1", 1)]
    [TestCase("ab", "2", 2)]
    [TestCase("abc", "2", 2)]
    [TestCase("abcde", "4", 4)]
    [TestCase("éa", "e", 2)]
    [TestCase("ﬁx", "fi", 3)]
    [TestCase("\u00ADx", "", 2)]
    [TestCase("b", "", 0)]
    [TestCase("", "", 0)]
    [TestCase("è", "", 0)]
    public void The_longest_key_counts(string text, string expected, int length) =>
        AssertMatch(true, text, expected, length);

    [TestCase("abcd", "1", 1)]
    [TestCase("ﬁx", "fi", 3)]
    [TestCase("x", "", 0)]
    public void The_shortest_key_may_be_asked_for(string text, string expected, int length) =>
        AssertMatch(false, text, expected, length);

    [Test]
    public void A_zero_byte_is_part_of_no_key() => AssertMatch(true, "\0a", "", 0);

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(100)]
    public void A_map_that_is_cut_off_is_refused(int length)
    {
        byte[] bytes = TinyCharacterMap.Bytes(("a", "b"));

        Assert.That(
            () => CharacterMap.Parse(bytes.AsSpan(0, length)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"the map has {length} in all"));
    }

    [TestCase(0u)]
    [TestCase(6u)]
    [TestCase(uint.MaxValue)]
    public void A_trie_of_an_impossible_size_is_refused(uint size)
    {
        byte[] bytes = [.. BitConverter.GetBytes(size), .. new byte[12]];

        Assert.That(() => CharacterMap.Parse(bytes), Throws.TypeOf<InvalidDataException>()
            .With.Message.Contains($"{size} bytes"));
    }

    [Test]
    public void A_trie_of_random_units_leads_nowhere_but_never_astray()
    {
        Random random = new(9);
        byte[] text = new byte[40];
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = new byte[4 + 64 + random.Next(8)];
            random.NextBytes(bytes);
            BitConverter.TryWriteBytes(bytes, 64);
            random.NextBytes(text);

            CharacterMap.Parse(bytes).LongestMatch(text, out int length);

            Assert.That(length, Is.InRange(0, text.Length));
        }
    }

    private static void AssertMatch(bool longest, string text, string expected, int length)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        int found;
        string replacement = System.Text.Encoding.UTF8.GetString(
            longest ? Map.LongestMatch(bytes, out found) : Map.ShortestMatch(bytes, out found));
        Assert.That((replacement, found), Is.EqualTo((expected, length)));
    }
}
