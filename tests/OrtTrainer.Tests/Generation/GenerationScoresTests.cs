using OrtTrainer.Generation;

namespace OrtTrainer.Tests.Generation;

public sealed class GenerationScoresTests
{
    [Test]
    public void Scores_by_hand()
    {
        // Words: 6 against 6, of which 5 are the same: the the cat on mat; pairs: the-cat, on-the, the-mat of 5.
        // Longest common subsequence: the cat on the mat. The other text is empty.
        GenerationScores scores = GenerationScores.Of(["the cat lay on the mat", ""], ["the cat sat on the mat", "ab"]);
        double rouge1 = 100 * (5 / 6.0) / 2, rouge2 = 100 * (3 / 5.0) / 2;

        // Precisions 5/6, 3/5, 1/4 (on the mat), and none of 3 runs of four, which counts as half a one; 6 words
        // against 7.
        double bleu = 100 * Math.Exp(1 - (7 / 6.0)) * Math.Pow(5 / 6.0 * 3 / 5 * 1 / 4 * 1 / 6, 0.25);

        Assert.That(scores.Rouge1, Is.EqualTo(rouge1).Within(1e-10));
        Assert.That(scores.Rouge2, Is.EqualTo(rouge2).Within(1e-10));
        Assert.That(scores.RougeL, Is.EqualTo(rouge1).Within(1e-10));
        Assert.That(scores.Bleu, Is.EqualTo(bleu).Within(1e-10));
        Assert.That(scores.Values.Select(score => score.Name),
            Is.EqualTo(new[] { "bleu", "chrf", "rouge1", "rouge2", "rougeL" }));
    }

    [Test]
    public void ChrF_counts_runs_of_the_whole_corpus()
    {
        // "ab" against "ac" and "bb" against "bb": 3 of 4 letters and 1 of 2 pairs are right, both ways.
        GenerationScores scores = GenerationScores.Of(["ab", "bb"], ["ac", "bb"]);

        Assert.That(scores.ChrF, Is.EqualTo(100 * ((3 / 4.0) + (1 / 2.0)) / 2).Within(1e-10));
    }
}
