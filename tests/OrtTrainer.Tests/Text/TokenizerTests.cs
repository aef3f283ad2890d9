using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

public sealed class TokenizerTests
{
    private static readonly Tokenizer Bert = TinyTokenizer.Bert();

    [Test]
    public void A_text_is_cut_into_words_and_pieces_with_offsets_and_special_tokens_around()
    {
        //                               0123456789012345
        Encoding encoding = Bert.Encode("Unaffable  dogs.");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(encoding.Ids, Is.EqualTo([2, 5, 6, 7, 9, 10, 11, 3]));
            Assert.That(encoding.Offsets, Is.EqualTo(new TextRange[]
            {
                new(0, 0), new(0, 2), new(2, 5), new(5, 9), new(11, 14), new(14, 15), new(15, 16), new(0, 0),
            }));
            Assert.That(encoding.WordIds, Is.EqualTo([-1, 0, 0, 0, 1, 1, 2, -1]));
            Assert.That(encoding.SpecialTokensMask, Is.EqualTo([1, 0, 0, 0, 0, 0, 0, 1]));
            Assert.That(encoding.TypeIds, Is.All.Zero);
            Assert.That(encoding.Count, Is.EqualTo(8));
            Assert.That(encoding.Overflow, Is.Empty);
        }
    }

    [Test]
    public void The_second_text_of_a_pair_has_type_one_and_offsets_of_its_own()
    {
        Encoding encoding = Bert.Encode("the", "a dog");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(encoding.Ids, Is.EqualTo([2, 8, 3, 13, 9, 3]));
            Assert.That(encoding.TypeIds, Is.EqualTo([0, 0, 0, 1, 1, 1]));
            Assert.That(encoding.Offsets[4], Is.EqualTo(new TextRange(2, 5)));
            Assert.That(encoding.WordIds, Is.EqualTo([-1, 0, -1, 0, 1, -1]));
        }
    }

    [Test]
    public void Offsets_count_code_points_not_utf16_units()
    {
        Encoding encoding = Bert.Encode("\U0001F600 dog");

        Assert.That(encoding.Offsets, Is.EqualTo(new TextRange[] { new(0, 0), new(0, 1), new(2, 5), new(0, 0) }));
    }

    [Test]
    public void Offsets_of_an_accented_word_refer_to_the_text_as_it_was()
    {
        Encoding encoding = Bert.Encode("Cafe\u0301 dog");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(encoding.Ids, Is.EqualTo([2, 12, 9, 3]));
            Assert.That(encoding.Offsets[1], Is.EqualTo(new TextRange(0, 4)), "the accent belongs to no token");
            Assert.That(encoding.Offsets[2], Is.EqualTo(new TextRange(6, 9)));
        }
    }

    [Test]
    public void An_empty_text_has_special_tokens_only()
    {
        Assert.That(Bert.Encode("").Ids, Is.EqualTo([2, 3]));
        Assert.That(Bert.Encode("", "").Ids, Is.EqualTo([2, 3, 3]));
        Assert.That(Bert.Encode("", null, new EncodeOptions { AddSpecialTokens = false }).Ids, Is.Empty);
        Assert.That(Bert.EncodeIds("").Ids, Is.EqualTo([2, 3]));
    }

    [Test]
    public void A_word_that_no_pieces_cover_or_that_is_too_long_is_unknown_as_a_whole()
    {
        Assert.That(Bert.Encode("dogx").Ids, Is.EqualTo([2, 1, 3]));
        Assert.That(Bert.Encode("a" + new string('b', 9)).Ids, Has.Count.EqualTo(12), "ten characters are allowed");
        Assert.That(Bert.Encode("a" + new string('b', 10)).Ids, Is.EqualTo([2, 1, 3]));
        Assert.That(Bert.EncodeIds("a" + new string('b', 10)).Ids, Is.EqualTo([2, 1, 3]));
    }

    [Test]
    public void Lone_surrogates_count_as_the_replacement_character()
    {
        string[] texts = ["\uD800", "dog\uDC00 the", "the \uD83D", "\uDC00\uD800 dog"];
        foreach (string text in texts)
        {
            string repaired = text.Replace('\uD800', '\uFFFD').Replace('\uDC00', '\uFFFD').Replace('\uD83D', '\uFFFD');
            Assert.That(Bert.Encode(text).Ids, Is.EqualTo(Bert.Encode(repaired).Ids));
            Assert.That(Bert.EncodeIds(text).Ids, Is.EqualTo(Bert.Encode(text).Ids));
        }
    }

    [Test]
    public void Added_tokens_in_the_text_are_tokens_but_not_masked_as_special()
    {
        //                               012345678901234567
        Encoding encoding = Bert.Encode("the  [MASK] [SEP].");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(encoding.Ids, Is.EqualTo([2, 8, 4, 3, 11, 3]));
            Assert.That(encoding.SpecialTokensMask, Is.EqualTo([1, 0, 0, 0, 0, 1]));
            Assert.That(encoding.Offsets[2], Is.EqualTo(new TextRange(3, 11)), "it takes the white space to its left");
            Assert.That(Bert.EncodeIds("the  [MASK] [SEP].").Ids, Is.EqualTo(encoding.Ids));
        }
    }

    [Test]
    public void Decoding_joins_pieces_and_leaves_special_tokens_out_on_request()
    {
        int[] ids = [2, 5, 6, 7, 9, 10, 11, 3];

        Assert.That(Bert.Decode(ids), Is.EqualTo("unaffable dogs."));
        Assert.That(Bert.Decode(ids, skipSpecialTokens: false), Is.EqualTo("[CLS] unaffable dogs. [SEP]"));
        Assert.That(Bert.Decode([9, 999, -1]), Is.EqualTo("dog"), "unknown ids are left out");
        Assert.That(Bert.Decode([]), Is.Empty);
    }

    [Test]
    public void Tokens_and_ids_are_found_both_ways()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Bert.VocabularySize, Is.EqualTo(15));
            Assert.That(Bert.TokenToId("##able"), Is.EqualTo(7));
            Assert.That(Bert.IdToToken(7), Is.EqualTo("##able"));
            Assert.That(Bert.TokenToId("nothing"), Is.Null);
            Assert.That(Bert.IdToToken(15), Is.Null);
            Assert.That(Bert.IdToToken(-1), Is.Null);
            Assert.That(
                (Bert.PadId, Bert.UnknownId, Bert.ClsId, Bert.SepId, Bert.MaskId), Is.EqualTo((0, 1, 2, 3, 4)));
        }
    }

    [Test]
    public void A_large_text_is_encoded_alike_both_ways()
    {
        string text = string.Concat(Enumerable.Repeat("The unaffable dogs. Café \u4E2D\u6587 [MASK] x\u200Dy ", 5000));

        Assert.That(Bert.EncodeIds(text).Ids, Is.EqualTo(Bert.Encode(text).Ids));
    }

    [Test]
    public void Null_texts_are_refused()
    {
        Assert.That(() => Bert.Encode(null!), Throws.ArgumentNullException);
        Assert.That(() => Bert.EncodeIds(null!), Throws.ArgumentNullException);
        Assert.That(() => Bert.Decode(null!), Throws.ArgumentNullException);
        Assert.That(() => Bert.EncodeBatch(null!), Throws.ArgumentNullException);
    }
}
