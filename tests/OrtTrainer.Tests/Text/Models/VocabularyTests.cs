using OrtTrainer.Text.Models;

namespace OrtTrainer.Tests.Text.Models;

public sealed class VocabularyTests
{
    [Test]
    public void Ids_may_have_gaps()
    {
        Vocabulary vocabulary = new([KeyValuePair.Create("b", 5), KeyValuePair.Create("a", 2)]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(vocabulary.Count, Is.EqualTo(2));
            Assert.That(vocabulary.Id("a"), Is.EqualTo(2));
            Assert.That(vocabulary.Token(5), Is.EqualTo("b"));
            Assert.That(vocabulary.Token(3), Is.Null);
            Assert.That(vocabulary.Token(6), Is.Null);
            Assert.That(vocabulary.Token(-1), Is.Null);
            Assert.That(vocabulary.Token(int.MaxValue), Is.Null);
        }
    }

    [Test]
    public void Tokens_are_told_apart_byte_by_byte()
    {
        Vocabulary vocabulary = TinyVocabulary.Of("é", "e\u0301", "E", "e", "\u00AD");

        Assert.That(vocabulary.Id("e\u0301"), Is.EqualTo(1), "not as a linguist compares");
        Assert.That(vocabulary.Id("e\u00AD"), Is.Null);
        Assert.That(vocabulary.Id(""), Is.Null);
    }

    [Test]
    public void Of_two_ids_for_one_token_the_last_counts()
    {
        Vocabulary vocabulary = new([KeyValuePair.Create("a", 0), KeyValuePair.Create("a", 1)]);

        Assert.That(vocabulary.Id("a"), Is.EqualTo(1));
        Assert.That(vocabulary.Count, Is.EqualTo(1));
        Assert.That(vocabulary.Token(0), Is.Null);
    }

    [Test]
    public void An_empty_vocabulary_knows_nothing()
    {
        Vocabulary vocabulary = new([]);

        Assert.That(vocabulary.Token(0), Is.Null);
        Assert.That(vocabulary.Id("a"), Is.Null);
    }

    [TestCase("<0x00>", 0)]
    [TestCase("<0xFF>", 255)]
    [TestCase("<0xa9>", 0xA9)]
    [TestCase("<0xA>", -1)]
    [TestCase("<0x0A9>", -1)]
    [TestCase("<0xG0>", -1)]
    [TestCase("<0x+1>", -1)]
    [TestCase("<0x 1>", -1)]
    [TestCase("<0xA9]", -1)]
    [TestCase("<0XA9>", -1)]
    [TestCase("", -1)]
    public void Byte_tokens_are_read_strictly(string token, int expected)
    {
        bool isByte = ByteTokens.TryParse(token, out byte value);

        Assert.That(isByte ? value : -1, Is.EqualTo(expected));
    }

    [Test]
    public void The_ids_of_byte_tokens_are_looked_up_once()
    {
        int?[] ids = ByteTokens.Ids(TinyVocabulary.Of("a", "<0x41>", "<0xC3>"));

        Assert.That(ids[0x41], Is.EqualTo(1));
        Assert.That(ids[0xC3], Is.EqualTo(2));
        Assert.That(ids.Count(id => id is not null), Is.EqualTo(2));
    }

    [Test]
    public void A_trie_finds_every_key_and_no_prefix_of_one()
    {
        string[] keys = ["a", "abc", "b", "é", "中国", "中"];
        Utf8Trie trie = new();
        for (int i = 0; i < keys.Length; i++)
        {
            trie.Add(System.Text.Encoding.UTF8.GetBytes(keys[i]), i);
        }

        Assert.That(keys.Select(key => Find(trie, key)), Is.EqualTo(Enumerable.Range(0, keys.Length)));
        Assert.That(Find(trie, "ab"), Is.EqualTo(-1), "a node without a value");
        Assert.That(Find(trie, "ac"), Is.EqualTo(-1), "no node");
        Assert.That(Find(trie, ""), Is.EqualTo(-1));
        trie.Add("a"u8, 9);
        Assert.That(Find(trie, "a"), Is.EqualTo(9), "the later value counts");
    }

    private static int Find(Utf8Trie trie, string key)
    {
        int node = Utf8Trie.Root;
        foreach (byte part in System.Text.Encoding.UTF8.GetBytes(key))
        {
            node = trie.Step(node, part);
            if (node < 0)
            {
                return -1;
            }
        }

        return trie.Value(node);
    }
}
