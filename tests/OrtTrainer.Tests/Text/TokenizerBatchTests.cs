using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

public sealed class TokenizerBatchTests
{
    private static readonly Tokenizer Bert = TinyTokenizer.Bert();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    public void A_batch_has_the_ids_of_its_texts_in_order_on_any_number_of_threads(int threads)
    {
        string[] words = ["the", "dog", "dogs", "unaffable", "Café", "a", "xyz", "\u4E2D", "[MASK]", "."];
        Random random = new(3);
        (string, string?)[] texts = [.. Enumerable.Range(0, 500).Select(_ =>
            (Sentence(), random.Next(2) == 0 ? null : Sentence()))];
        EncodeOptions options = new() { MaxLength = 12 };

        TokenIds[] batch = Bert.EncodeBatch(texts, options, threads);

        Assert.That(batch, Has.Length.EqualTo(texts.Length));
        for (int i = 0; i < texts.Length; i++)
        {
            Encoding expected = Bert.Encode(texts[i].Item1, texts[i].Item2, options);
            Assert.That(batch[i].Ids, Is.EqualTo(expected.Ids));
            Assert.That(batch[i].TypeIds, Is.EqualTo(expected.TypeIds));
        }

        string Sentence() =>
            string.Join(' ', Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)]));
    }

    [Test]
    public void An_empty_batch_is_empty() => Assert.That(Bert.EncodeBatch([]), Is.Empty);

    [TestCase(1)]
    [TestCase(2)]
    public void A_text_that_cannot_be_cut_is_reported_as_such_from_any_thread(int threads)
    {
        EncodeOptions options = new() { MaxLength = 5, Truncation = Truncation.OnlySecond };
        (string, string?)[] texts = [.. Enumerable.Repeat(("the the the the the", (string?)"a"), 200)];

        Assert.That(() => Bert.EncodeBatch(texts, options, threads), Throws.TypeOf<TruncationException>());
    }

    [Test]
    public void A_negative_number_of_threads_is_refused() =>
        Assert.That(() => Bert.EncodeBatch([], null, -1), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Encoding_from_several_threads_at_once_gives_what_one_thread_gives()
    {
        string[] texts = [.. Enumerable.Range(0, 64).Select(i =>
            $"the dogs {i} unaffable Ж{i} a" + new string('b', i % 9))];
        int[][] expected = [.. texts.Select(text => Bert.Encode(text).Ids.ToArray())];

        Parallel.For(0, 2000, i =>
        {
            int which = i % texts.Length;
            if (!Bert.EncodeIds(texts[which]).Ids.AsSpan().SequenceEqual(expected[which])
                || !Bert.Encode(texts[which]).Ids.SequenceEqual(expected[which]))
            {
                throw new AssertionException($"'{texts[which]}' differs");
            }
        });
    }
}
