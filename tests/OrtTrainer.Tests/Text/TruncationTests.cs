using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

public sealed class TruncationTests
{
    // Letters a to j are the tokens 0 to 9, [CLS] is 10, [SEP] is 11.
    private static readonly Tokenizer Letters = TinyTokenizer.From(TinyTokenizer.Json(
        """
        {"type": "WordLevel", "unk_token": "a", "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "e": 4, "f": 5, "g": 6,
            "h": 7,
         "i": 8, "j": 9, "[CLS]": 10, "[SEP]": 11}}
        """,
        preTokenizer: """{"type": "WhitespaceSplit"}""",
        postProcessor: """{"type": "BertProcessing", "sep": ["[SEP]", 11], "cls": ["[CLS]", 10]}"""));

    [Test]
    public void A_text_is_cut_to_the_maximum_special_tokens_included()
    {
        Encoding encoding = Letters.Encode("a b c d e", null, new EncodeOptions { MaxLength = 5 });

        Assert.That(encoding.Ids, Is.EqualTo([10, 0, 1, 2, 11]));
        Assert.That(encoding.Overflow, Has.Count.EqualTo(1));
        Assert.That(encoding.Overflow[0].Ids, Is.EqualTo([10, 3, 4, 11]));
    }

    [Test]
    public void Windows_share_as_many_tokens_as_the_stride()
    {
        Encoding encoding = Letters.Encode("a b c d e f g", null, new EncodeOptions { MaxLength = 6, Stride = 2 });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(encoding.Ids, Is.EqualTo([10, 0, 1, 2, 3, 11]));
            Assert.That(encoding.Overflow[0].Ids, Is.EqualTo([10, 2, 3, 4, 5, 11]));
            Assert.That(encoding.Overflow[1].Ids, Is.EqualTo([10, 4, 5, 6, 11]));
            Assert.That(encoding.Overflow, Has.Count.EqualTo(2));
            Assert.That(encoding.Overflow[1].Offsets[1], Is.EqualTo(new TextRange(8, 9)));
            Assert.That(encoding.Overflow[1].WordIds, Is.EqualTo([-1, 4, 5, 6, -1]));
        }
    }

    [TestCase("a b", "c d e f g h", new[] { 10, 0, 1, 11, 2, 3, 4, 5, 11 }, TestName = "The longer second text is cut")]
    [TestCase("a b c d e f", "g h", new[] { 10, 0, 1, 2, 3, 11, 6, 7, 11 }, TestName = "The longer first text is cut")]
    [TestCase("a b c d e", "f g h i j", new[] { 10, 0, 1, 2, 11, 5, 6, 7, 11 }, TestName = "Both are cut to half")]
    public void Longest_first_cuts_what_is_longer(string first, string second, int[] expected)
    {
        EncodeOptions options = new() { MaxLength = 9 };

        Assert.That(Letters.Encode(first, second, options).Ids, Is.EqualTo(expected));
        Assert.That(Letters.EncodeIds(first, second, options).Ids, Is.EqualTo(expected));
    }

    [Test]
    public void An_odd_rest_goes_to_the_longer_text()
    {
        EncodeOptions options = new() { MaxLength = 8 };

        Assert.That(Letters.Encode("a b c d e f", "f g h i j", options).Ids, Is.EqualTo([10, 0, 1, 2, 11, 5, 6, 11]));
        Assert.That(Letters.Encode("a b c d", "e f g h i", options).Ids, Is.EqualTo([10, 0, 1, 11, 4, 5, 6, 11]));
    }

    [Test]
    public void Only_first_and_only_second_cut_nothing_else()
    {
        EncodeOptions first = new() { MaxLength = 7, Truncation = Truncation.OnlyFirst };
        EncodeOptions second = first with { Truncation = Truncation.OnlySecond };

        Assert.That(Letters.Encode("a b c", "d e", first).Ids, Is.EqualTo([10, 0, 1, 11, 3, 4, 11]));
        Assert.That(Letters.Encode("a b", "c d e", second).Ids, Is.EqualTo([10, 0, 1, 11, 2, 3, 11]));
        Assert.That(Letters.Encode("a b", "c d e", second).Overflow.Single().Ids, Is.EqualTo([10, 0, 1, 11, 4, 11]));
    }

    [Test]
    public void A_pair_of_which_both_are_cut_has_every_combination_of_windows()
    {
        Encoding encoding = Letters.Encode("a b c", "d e f", new EncodeOptions { MaxLength = 7 });

        Assert.That(encoding.Ids, Is.EqualTo([10, 0, 1, 11, 3, 4, 11]));
        Assert.That(encoding.Overflow.Select(window => string.Join(' ', window.Ids)), Is.EqualTo(
            ["10 0 1 11 5 11", "10 2 11 3 4 11", "10 2 11 5 11"]));
    }

    [Test]
    public void What_cannot_be_cut_is_refused_with_the_numbers()
    {
        EncodeOptions options = new() { MaxLength = 5, Truncation = Truncation.OnlyFirst };

        Assert.That(
            () => Letters.Encode("a", "b c d e", options),
            Throws.TypeOf<TruncationException>().With.Message.EqualTo(
                "The first text has 1 tokens and 3 would have to go so that 2 remain in all; raise MaxLength or "
                + "cut the "
                + "longest (Truncation.LongestFirst)."));
        Assert.That(
            () => Letters.Encode("a b c d", null, options with { Truncation = Truncation.OnlySecond }),
            Throws.TypeOf<TruncationException>().With.Message.Contains("no second text"));
        Assert.That(
            () => Letters.Encode("a", null, options with { MaxLength = 1 }),
            Throws.TypeOf<TruncationException>().With.Message.Contains("no room for the 2 special tokens"));
        Assert.That(
            () => Letters.Encode("a b c d", null, options with { MaxLength = 4, Stride = 2 }),
            Throws.TypeOf<TruncationException>().With.Message.Contains("Stride 2"));
    }

    [Test]
    public void Room_for_special_tokens_only_leaves_the_text_to_the_overflow()
    {
        Encoding encoding = Letters.Encode("a b", null, new EncodeOptions { MaxLength = 2 });

        Assert.That(encoding.Ids, Is.EqualTo([10, 11]));
        Assert.That(encoding.Overflow.Single().Ids, Is.EqualTo([10, 0, 1, 11]));
    }

    [Test]
    public void Options_are_checked_when_they_are_made()
    {
        Assert.That(() => new EncodeOptions { MaxLength = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new EncodeOptions { Stride = -1 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(new EncodeOptions { MaxLength = null }.MaxLength, Is.Null);
    }
}
