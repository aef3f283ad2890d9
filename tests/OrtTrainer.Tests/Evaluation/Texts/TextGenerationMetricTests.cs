using OrtTrainer.Evaluation;
using OrtTrainer.Evaluation.Texts;

namespace OrtTrainer.Tests.Evaluation.Texts;

public sealed class TextGenerationMetricTests
{
    [Test]
    public void Longest_subsequences_keep_order_and_runs_keep_neighbours()
    {
        // Lin 2004, section 3.1: "police killed the gunman" against two candidates.
        Rouge rouge = new();
        const string Reference = "police killed the gunman";
        Assert.That(rouge.LongestSubsequence("police kill the gunman", Reference).F1, Is.EqualTo(0.75));
        Assert.That(rouge.LongestSubsequence("the gunman kill police", Reference).F1, Is.EqualTo(0.5));
        Assert.That(rouge.NGrams("police kill the gunman", Reference, 2).F1, Is.EqualTo(1 / 3.0).Within(1e-15));
        Assert.That(() => rouge.NGrams("a", "a", 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Summaries_join_what_several_sentences_give()
    {
        // Lin 2004, section 3.2: reference w1 w2 w3 w4 w5; candidates w1 w2 w6 w7 w8 and w1 w3 w8 w9 w5.
        TextOverlap overlap = new Rouge().SummarySubsequence("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5");
        Assert.That(overlap.Recall, Is.EqualTo(4 / 5.0));
        Assert.That(overlap.Precision, Is.EqualTo(4 / 10.0));
        Assert.That(new Rouge().SummarySubsequence("", "w1"), Is.EqualTo(new TextOverlap(0, 0)));
    }

    [Test]
    public void Bleu_by_hand()
    {
        // Runs of one to four words: 5/6, 3/5, 1/4, and none of 3, which counts as one half of one.
        string[] prediction = ["the cat sat on the mat"];
        string[] reference = ["the cat is on the mat"];
        double expected = 100 * Math.Pow(5 / 6.0 * 3 / 5 * 1 / 4 * (0.5 / 3), 0.25);
        Assert.That(new Bleu().Corpus(prediction, [reference]), Is.EqualTo(expected).Within(1e-10));
        Assert.That(new Bleu { Smoothing = BleuSmoothing.Floor }.Corpus(prediction, [reference]),
            Is.EqualTo(100 * Math.Pow(5 / 6.0 * 3 / 5 * 1 / 4 * (0.1 / 3), 0.25)).Within(1e-10));
        Assert.That(new Bleu { Smoothing = BleuSmoothing.AddOne }.Corpus(prediction, [reference]),
            Is.EqualTo(100 * Math.Pow(5 / 6.0 * 4 / 6 * 2 / 5 * 1 / 4, 0.25)).Within(1e-10));
        Assert.That(new Bleu { Smoothing = BleuSmoothing.None }.Corpus(prediction, [reference]), Is.Zero);
    }

    [Test]
    public void Short_predictions_pay_and_the_closest_reference_counts()
    {
        string[] prediction = ["a b c d"];
        double one = new Bleu().Corpus(prediction, [["a b c d e f g h"]]);
        double two = new Bleu().Corpus(prediction, [["a b c d e f g h"], ["x y z w v"]]);
        Assert.That(one, Is.EqualTo(100 * Math.Exp(1 - (8 / 4.0))).Within(1e-10));
        Assert.That(two, Is.EqualTo(100 * Math.Exp(1 - (5 / 4.0))).Within(1e-10));
        Assert.That(new Bleu().Sentence("a b", ["a b"]), Is.EqualTo(100).Within(1e-10), "two orders are enough");
        Assert.That(new Bleu().Corpus(["a b"], [["a b"]]), Is.Zero, "a corpus needs all four");
        Assert.That(() => new Bleu().Corpus(["a"], [["a", "b"]]), Throws.ArgumentException);
    }

    [Test]
    public void Marks_are_words_but_not_within_numbers()
    {
        Assert.That(BleuWords.Of("Costs $1,000.50 (net) - a 3-day trip.", BleuTokenizer.Mteval13A), Is.EqualTo(
            "Costs $ 1,000.50 ( net ) - a 3 - day trip .".Split(' ')));
        Assert.That(BleuWords.Of("a &lt;b&gt; &amp; c", BleuTokenizer.Mteval13A), Is.EqualTo("a < b > & c".Split(' ')));
        Assert.That(BleuWords.Of("say «1,5» 😀ok!", BleuTokenizer.International),
            Is.EqualTo("say « 1,5 » 😀 ok !".Split(' ')));
        Assert.That(BleuWords.Of(" a,b \t c ", BleuTokenizer.None), Is.EqualTo(new[] { "a,b", "c" }));
    }

    [Test]
    public void ChrF_by_hand()
    {
        // "abc" against "abd": runs of one 2 of 3, of two 1 of 2, of three 0 of 1; of four and more there are none.
        double mean = ((2 / 3.0) + 0.5 + 0) / 3;
        Assert.That(ChrF.Corpus(["ab c"], [["a bd"]]), Is.EqualTo(100 * mean).Within(1e-12));
        // Of two references the better one counts.
        Assert.That(ChrF.Corpus(["abc"], [["xyz"], ["abc"]]), Is.EqualTo(100).Within(1e-12));
        Assert.That(ChrF.Corpus([""], [["abc"]]), Is.Zero);
    }
}
