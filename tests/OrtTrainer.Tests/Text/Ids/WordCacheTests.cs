using OrtTrainer.Text.Ids;

namespace OrtTrainer.Tests.Text.Ids;

public sealed class WordCacheTests
{
    [Test]
    public void Ids_of_one_and_of_several_tokens_are_remembered()
    {
        WordCache cache = new();
        List<int> ids = [];
        cache.Add(Key("dog"), [7]);
        cache.Add(Key("dogs"), [7, 8, 9]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(cache.TryAppend(Key("dogs"), ids), Is.True);
            Assert.That(cache.TryAppend(Key("dog"), ids), Is.True);
            Assert.That(cache.TryAppend(Key("do"), ids), Is.False);
            Assert.That(ids, Is.EqualTo([7, 8, 9, 7]));
        }
    }

    [Test]
    public void A_word_without_ids_is_not_remembered()
    {
        WordCache cache = new();

        cache.Add(Key("x"), []);

        Assert.That(cache.TryAppend(Key("x"), []), Is.False);
    }

    [Test]
    public void More_words_than_fit_are_forgotten_but_never_mistaken()
    {
        WordCache cache = new();
        List<int> ids = [];
        for (int i = 0; i < 100_000; i++)
        {
            WordKey key = new((ulong)i + 1, (ulong)(i % 7));
            cache.Add(key, i % 2 == 0 ? [i] : [i, -i]);
            ids.Clear();
            bool known = cache.TryAppend(key, ids) && ids[0] == i && ids.Count == 1 + (i % 2);
            if (!known)
            {
                Assert.Fail($"word {i}");
            }
        }

        Assert.That(cache.TryAppend(new WordKey(1, 0), ids), Is.False, "forgotten long ago");
    }

    [Test]
    public void Keys_hold_up_to_sixteen_bytes_without_zeros()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(AsciiWord.TryKey(new byte[] { 1 }, out WordKey key), Is.True);
            Assert.That(key, Is.EqualTo(new WordKey(1, 0)));
            Assert.That(AsciiWord.TryKey([.. Enumerable.Repeat((byte)1, 16)], out key), Is.True);
            Assert.That(key, Is.EqualTo(new WordKey(0x0101010101010101, 0x0101010101010101)));
            Assert.That(AsciiWord.TryKey([.. Enumerable.Repeat((byte)1, 17)], out _), Is.False);
            Assert.That(AsciiWord.TryKey([], out _), Is.False);
            Assert.That(AsciiWord.TryKey(new byte[] { 1, 0, 1 }, out _), Is.False);
        }
    }

    [TestCase("dog                 ", 3)]
    [TestCase("DOG9z9z.            ", 7)]
    [TestCase(".dog                ", 0)]
    [TestCase("abcdefghijklmnopqrst", 16)]
    [TestCase("abcdefghijklmno qrst", 15)]
    [TestCase("caféé               ", 3)]
    [TestCase("ab\u0161\u4E2D\uFF41            ", 2)]
    [TestCase("az\u0000              ", 2)]
    [TestCase("a@[`{/:             ", 1)]
    public void The_length_of_an_ascii_word_is_seen_at_once(string text, int expected)
    {
        var bytes = AsciiWord.Load(text, 0);

        Assert.That(AsciiWord.RunLength(AsciiWord.Letters(bytes) | AsciiWord.Digits(bytes)), Is.EqualTo(expected));
    }

    [Test]
    public void The_key_of_a_window_is_that_of_its_bytes()
    {
        const string text = "abcdefghijklmnopq";
        for (int length = 1; length <= AsciiWord.Window; length++)
        {
            Assert.That(AsciiWord.Key(AsciiWord.Load(text, 1), length), Is.EqualTo(Key(text.Substring(1, length))));
        }
    }

    private static WordKey Key(string word)
    {
        Assert.That(AsciiWord.TryKey(System.Text.Encoding.UTF8.GetBytes(word), out WordKey key), Is.True);
        return key;
    }
}
