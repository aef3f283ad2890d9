using System.Buffers;
using Microsoft.ML.Tokenizers;
using Tokenizer = OrtTrainer.Text.Tokenizer;

namespace OrtTrainer.Tests.Text;

/// <summary>A tokenizer of ours where one of Microsoft.ML.Tokenizers is expected.</summary>
public sealed class MicrosoftTokenizerTests
{
    private static readonly Microsoft.ML.Tokenizers.Tokenizer Bert = TinyTokenizer.Bert();

    // Every byte is a token, its value the id; in text the blank is U+0120 and the two bytes of é are Ã and ©.
    private static readonly Microsoft.ML.Tokenizers.Tokenizer Bytes = TinyTokenizer.From(TinyTokenizer.Json(
        """
        {"type": "BPE", "vocab": {"a": 0, "b": 1, "\u0120": 2, "\u00c3": 3, "\u00a9": 4, "ab": 5, "\u0120a": 6},
         "merges": ["a b", "\u0120 a"]}
        """,
        preTokenizer: """{"type": "ByteLevel", "add_prefix_space": false}""",
        decoder: """{"type": "ByteLevel"}"""));

    [Test]
    public void Ids_are_those_of_the_text_without_special_tokens()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Bert.EncodeToIds("Unaffable dogs."), Is.EqualTo([5, 6, 7, 9, 10, 11]));
            Assert.That(Bert.EncodeToIds("Unaffable dogs.".AsSpan()), Is.EqualTo([5, 6, 7, 9, 10, 11]));
            Assert.That(Bert.CountTokens("Unaffable dogs."), Is.EqualTo(6));
            Assert.That(Bert.EncodeToIds(""), Is.Empty);
        }
    }

    [Test]
    public void Tokens_have_ranges_of_the_normalized_text()
    {
        // The normalizer lower-cases, drops the accent's code point and makes the tab a blank.
        IReadOnlyList<EncodedToken> tokens = Bert.EncodeToTokens("Cafe\u0301\tDOGS [MASK]", out string? normalized);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(normalized, Is.EqualTo("cafe dogs [MASK]"));
            Assert.That(tokens.Select(token => (token.Id, token.Value, normalized![token.Offset])), Is.EqualTo(new[]
            {
                (12, "cafe", "cafe"), (9, "dog", "dog"), (10, "##s", "s"), (4, "[MASK]", " [MASK]"),
            }));
        }
    }

    [Test]
    public void Ranges_count_utf16_units()
    {
        IReadOnlyList<EncodedToken> tokens = Bert.EncodeToTokens("😀 the", out string? normalized);

        Assert.That(normalized, Is.EqualTo("😀 the"));
        Assert.That(tokens.Select(token => (token.Id, token.Offset)), Is.EqualTo(new[] { (1, 0..2), (8, 3..6) }));
    }

    [Test]
    public void Without_normalization_the_text_itself_is_tokenized_and_no_normalized_text_is_given()
    {
        IReadOnlyList<EncodedToken> tokens =
            Bert.EncodeToTokens("The dog", out string? normalized, considerNormalization: false);

        Assert.That(normalized, Is.Null);
        Assert.That(tokens.Select(token => (token.Id, token.Offset)), Is.EqualTo(new[] { (1, 0..3), (9, 4..7) }));
    }

    [Test]
    public void Without_pre_tokenization_a_text_is_one_word()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Bert.EncodeToIds("the dog", considerPreTokenization: false), Is.EqualTo([1]));
            Assert.That(Bert.EncodeToIds("Dogs", considerPreTokenization: false), Is.EqualTo([9, 10]));
            Assert.That(Bert.CountTokens("the dog", considerPreTokenization: false), Is.EqualTo(1));

            // Bytes are written as the model knows them all the same.
            Assert.That(Bytes.EncodeToIds("ab a", considerPreTokenization: false), Is.EqualTo([5, 6]));
        }
    }

    [TestCase(1, new[] { 5 }, 2)]
    [TestCase(3, new[] { 5, 6, 7 }, 9)]
    [TestCase(4, new[] { 5, 6, 7, 9 }, 14)]
    [TestCase(9, new[] { 5, 6, 7, 9 }, 14)]
    public void A_greatest_number_of_tokens_tells_how_far_it_reaches(int most, int[] ids, int consumed)
    {
        IReadOnlyList<int> kept =
            Bert.EncodeToIds("Unaffable dog ", most, out string? normalized, out int charsConsumed);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(kept, Is.EqualTo(ids));
            Assert.That(normalized, Is.EqualTo("unaffable dog "));
            Assert.That(charsConsumed, Is.EqualTo(consumed));
            Assert.That(Bert.GetIndexByTokenCount("Unaffable dog ", most, out _, out int count), Is.EqualTo(consumed));
            Assert.That(count, Is.EqualTo(ids.Length));
        }
    }

    [TestCase(1, 10, 1)]
    [TestCase(2, 5, 2)]
    [TestCase(9, 0, 4)]
    public void Tokens_can_be_counted_from_the_end(int most, int index, int expected)
    {
        int start = Bert.GetIndexByTokenCountFromEnd("Unaffable dog ", most, out _, out int count);

        Assert.That((start, count), Is.EqualTo((index, expected)));
    }

    [Test]
    public void The_tokens_of_one_character_stay_together()
    {
        // a, two bytes of é, b
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Bytes.EncodeToIds("aéb", 2, out _, out int consumed), Is.EqualTo([0]));
            Assert.That(consumed, Is.EqualTo(1));
            Assert.That(Bytes.EncodeToIds("aéb", 3, out _, out consumed), Is.EqualTo([0, 3, 4]));
            Assert.That(consumed, Is.EqualTo(2));
            Assert.That(Bytes.GetIndexByTokenCountFromEnd("aéb", 2, out _, out int count), Is.EqualTo(2));
            Assert.That(count, Is.EqualTo(1));
        }
    }

    [Test]
    public void No_room_for_tokens_is_refused() => Assert.That(
        () => Bert.EncodeToIds("the", 0, out _, out _),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("must be 1 or more"));

    [Test]
    public void Decoding_is_ours()
    {
        Assert.That(Bert.Decode([2, 5, 6, 7, 9, 10, 3]), Is.EqualTo("unaffable dogs"));
        Assert.That(Bytes.Decode([0, 3, 4, 6]), Is.EqualTo("aé a"));
    }

    [TestCase(5, OperationStatus.Done, 4, "aé a")]
    [TestCase(4, OperationStatus.Done, 4, "aé a")]
    [TestCase(3, OperationStatus.DestinationTooSmall, 3, "aé")]
    [TestCase(1, OperationStatus.DestinationTooSmall, 1, "a")]
    [TestCase(0, OperationStatus.DestinationTooSmall, 0, "")]
    public void Decoding_into_a_small_buffer_writes_whole_characters(
        int room, OperationStatus expected, int consumed, string written)
    {
        char[] buffer = new char[room];

        OperationStatus status = Bytes.Decode([0, 3, 4, 6], buffer, out int idsConsumed, out int charsWritten);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.EqualTo(expected));
            Assert.That(idsConsumed, Is.EqualTo(consumed));
            Assert.That(new string(buffer, 0, charsWritten), Is.EqualTo(written));
        }
    }

    [Test]
    public void A_blank_is_put_before_the_first_word_only()
    {
        // Metaspace asks where a piece lies in the original text, of which the normalizer drops the first blank.
        Microsoft.ML.Tokenizers.Tokenizer tokenizer = TinyTokenizer.From(TinyTokenizer.Json(
            """{"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "\u2581a": 1, "a": 2}}""",
            normalizer: """{"type": "Strip", "strip_left": true, "strip_right": true}""",
            preTokenizer: """{"type": "Metaspace", "prepend_scheme": "first"}"""));

        using (Assert.EnterMultipleScope())
        {
            foreach (string text in new[] { "a", "a a", " a", " a a" })
            {
                Assert.That(
                    tokenizer.EncodeToTokens(text, out _).Select(token => token.Id),
                    Is.EqualTo(tokenizer.EncodeToIds(text)), text);
            }
        }
    }
}
