using OrtTrainer.Evaluation;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Evaluation.Texts;
using OrtTrainer.Tasks.TokenClassification;

namespace OrtTrainer.Tests.Evaluation.Texts;

/// <summary>What holds for any texts.</summary>
public sealed class TextMetricBoundsTests
{
    private static readonly string[] Vocabulary = ["the", "a", "parcel", "came", "late", ",", "3.5", "running", "."];

    [Test]
    public void A_text_against_itself_has_the_highest_score([Range(1, 5)] int seed)
    {
        string text = Text(new Random(seed), 9);
        Rouge rouge = new();
        Assert.That(new Bleu().Corpus([text], [[text]]), Is.EqualTo(100).Within(1e-10));
        Assert.That(ChrF.Corpus([text], [[text]]), Is.EqualTo(100).Within(1e-10));
        Assert.That(rouge.LongestSubsequence(text, text), Is.EqualTo(new TextOverlap(1, 1)));
        Assert.That(rouge.SummarySubsequence(text, text), Is.EqualTo(new TextOverlap(1, 1)));
        Assert.That((ExtractiveAnswer.F1(text, [text]), ExtractiveAnswer.ExactMatch(text, [text])),
            Is.EqualTo((1.0, 1.0)));
    }

    [Test]
    public void Exchanging_prediction_and_reference_exchanges_precision_and_recall([Range(1, 5)] int seed)
    {
        Random random = new(seed);
        (string a, string b) = (Text(random, 7), Text(random, 10));
        Rouge rouge = new() { Stems = true };
        for (int order = 1; order <= 3; order++)
        {
            TextOverlap there = rouge.NGrams(a, b, order), back = rouge.NGrams(b, a, order);
            Assert.That((back.Precision, back.Recall, back.F1),
                Is.EqualTo((there.Recall, there.Precision, there.F1)).Within(1e-15));
        }

        TextOverlap one = rouge.LongestSubsequence(a, b), other = rouge.LongestSubsequence(b, a);
        Assert.That((other.Precision, other.Recall), Is.EqualTo((one.Recall, one.Precision)));
    }

    [Test]
    public void More_references_never_lower_a_score([Range(1, 5)] int seed)
    {
        Random random = new(seed);
        string[] predictions = [Text(random, 8), Text(random, 8)];
        string[] near = [Text(random, 8), Text(random, 8)], far = [Text(random, 8), Text(random, 8)];
        Assert.That(new Bleu().Corpus(predictions, [near, far]),
            Is.GreaterThanOrEqualTo(new Bleu().Corpus(predictions, [near])));
        Assert.That(ExtractiveAnswer.F1(predictions[0], [near[0], far[0]]),
            Is.EqualTo(Math.Max(ExtractiveAnswer.F1(predictions[0], [near[0]]),
                ExtractiveAnswer.F1(predictions[0], [far[0]]))));
        Assert.That(ChrF.Corpus(predictions[..1], [near[..1], far[..1]]),
            Is.EqualTo(Math.Max(
                ChrF.Corpus(predictions[..1], [near[..1]]), ChrF.Corpus(predictions[..1], [far[..1]]))));
    }

    [Test]
    public void A_corpus_of_one_text_is_that_text_and_its_order_means_nothing()
    {
        Random random = new(3);
        string[] predictions = [Text(random, 9), Text(random, 6), Text(random, 12)];
        string[] references = [Text(random, 9), Text(random, 8), Text(random, 10)];
        Bleu bleu = new();
        Assert.That(bleu.Corpus(predictions[..1], [references[..1]]),
            Is.EqualTo(bleu.Sentence(predictions[0], [references[0]])).Within(1e-12));
        Assert.That(bleu.Corpus([.. predictions.Reverse()], [[.. references.Reverse()]]),
            Is.EqualTo(bleu.Corpus(predictions, [references])).Within(1e-12));
        Assert.That(ChrF.Corpus([.. predictions.Reverse()], [[.. references.Reverse()]]),
            Is.EqualTo(ChrF.Corpus(predictions, [references])).Within(1e-12));
    }

    [Test]
    public void Nothing_in_common_is_nothing()
    {
        Assert.That(new Bleu().Corpus(["a b c d e"], [["v w x y z"]]), Is.Zero);
        Assert.That(ChrF.Corpus(["abc"], [["xyz"]]), Is.Zero);
        Assert.That(new Rouge().NGrams("a b", "c d", 1).F1, Is.Zero);
        Entity[] none = [.. Entity.Read(["O", "O"])];
        Assert.That(EntityCounts.Of(none, none).Overlap, Is.EqualTo(new TextOverlap(0, 0)));
    }

    [Test]
    public void A_corpus_without_texts_or_references_is_refused()
    {
        Assert.That(() => new Bleu().Corpus([], [[]]), Throws.ArgumentException);
        Assert.That(() => ChrF.Corpus(["a"], []), Throws.ArgumentException);
        Assert.That(() => new Bleu().Sentence("a", []), Throws.ArgumentException);
    }

    private static string Text(Random random, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => Vocabulary[random.Next(Vocabulary.Length)]));
}
