using Microsoft.ML.Tokenizers;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

/// <summary>Tokenizers of Microsoft.ML.Tokenizers where the engine expects one.</summary>
public sealed class ExternalTokenizerTests
{
    private const string Words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\nthe\ndog\n##s\n";

    private static readonly BertTokenizer Bert = BertTokenizer.Create(
        new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Words)));

    private static readonly ExternalTokenizer Adapted = new(Bert);

    [Test]
    public void Special_tokens_of_a_bert_tokenizer_are_its_own()
    {
        IReadOnlyList<int> first = Bert.EncodeToIds("unaffable", addSpecialTokens: false);
        IReadOnlyList<int> second = Bert.EncodeToIds("the dogs", addSpecialTokens: false);

        TokenIds single = Adapted.EncodeIds("unaffable");
        TokenIds pair = Adapted.EncodeIds("unaffable", "the dogs");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(single.Ids, Is.EqualTo([2, 5, 6, 7, 3]));
            Assert.That(single.Ids, Is.EqualTo(Bert.BuildInputsWithSpecialTokens(first)));
            Assert.That(single.TypeIds, Is.EqualTo(Bert.CreateTokenTypeIdsFromSequences(first)));
            Assert.That(pair.Ids, Is.EqualTo([2, 5, 6, 7, 3, 8, 9, 10, 3]));
            Assert.That(pair.Ids, Is.EqualTo(Bert.BuildInputsWithSpecialTokens(first, second)));
            Assert.That(pair.TypeIds, Is.EqualTo(Bert.CreateTokenTypeIdsFromSequences(first, second)));
        }
    }

    [Test]
    public void Texts_are_cut_to_length_as_ours_are()
    {
        EncodeOptions options = new() { MaxLength = 7 };

        TokenIds cut = Adapted.EncodeIds("unaffable", "the dogs", options);
        TokenIds ours = TinyTokenizer.Bert().EncodeIds("unaffable", "the dogs", options);

        Assert.That(cut.Ids, Is.EqualTo([2, 5, 6, 3, 8, 9, 3]));
        Assert.That((cut.Ids, cut.TypeIds), Is.EqualTo((ours.Ids, ours.TypeIds)));
    }

    [Test]
    public void Special_tokens_can_be_left_out()
    {
        TokenIds bare = Adapted.EncodeIds("the", "dog", new EncodeOptions { AddSpecialTokens = false });

        Assert.That((bare.Ids, bare.TypeIds), Is.EqualTo((new[] { 8, 9 }, new[] { 0, 1 })));
    }

    [Test]
    public void Any_other_tokenizer_takes_special_tokens_by_a_layout()
    {
        ExternalTokenizer roberta = new(Bpe(), SpecialTokenLayout.Roberta(0, 2), vocabularySize: 6);
        ExternalTokenizer bare = new(Bpe(), SpecialTokenLayout.None);

        TokenIds pair = roberta.EncodeIds("ab", "b");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(roberta.VocabularySize, Is.EqualTo(6));
            Assert.That(roberta.EncodeIds("ab").Ids, Is.EqualTo([0, 5, 2]));
            Assert.That(pair.Ids, Is.EqualTo([0, 5, 2, 2, 4, 2]));
            Assert.That(pair.TypeIds, Is.All.Zero);
            Assert.That(bare.EncodeIds("ab", "b").Ids, Is.EqualTo([5, 4]));
            Assert.That(bare.EncodeIds("ab", "b").TypeIds, Is.EqualTo([0, 1]));
            Assert.That(bare.VocabularySize, Is.Null);
        }
    }

    [TestCase("<s>", null)]
    [TestCase(null, "</s>")]
    public void One_that_adds_special_tokens_by_itself_is_refused(string? begin, string? end) => Assert.That(
        () => new ExternalTokenizer(Bpe(begin, end), SpecialTokenLayout.Roberta(0, 2)),
        Throws.ArgumentException.With.Message.StartsWith(
            "The BpeTokenizer adds tokens at the beginning or end of every text itself; create it without them"));

    [Test]
    public void One_of_ours_may_go_round_by_the_base_class()
    {
        Microsoft.ML.Tokenizers.Tokenizer ours = TinyTokenizer.Bert();
        ExternalTokenizer back = new(ours, SpecialTokenLayout.Bert(2, 3));

        Assert.That(back.EncodeIds("the", "dogs").Ids, Is.EqualTo(TinyTokenizer.Bert().EncodeIds("the", "dogs").Ids));
    }

    private static BpeTokenizer Bpe(string? begin = null, string? end = null)
    {
        string[] tokens = ["<s>", "<pad>", "</s>", "a", "b", "ab"];
        return BpeTokenizer.Create(new BpeOptions(tokens.Select((token, id) => KeyValuePair.Create(token, id)))
        {
            Merges = ["a b"],
            BeginningOfSentenceToken = begin,
            EndOfSentenceToken = end,
        });
    }
}
