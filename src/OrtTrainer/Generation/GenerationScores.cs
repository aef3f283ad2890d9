using OrtTrainer.Common;
using OrtTrainer.Evaluation.Texts;

namespace OrtTrainer.Generation;

/// <summary>How near written texts are to what was to be written, each from 0 to 100.</summary>
/// <param name="Bleu">Of the corpus, as sacreBLEU computes it: words of mteval 13a, exponential smoothing.</param>
/// <param name="ChrF">chrF2 of the corpus, as sacreBLEU computes it.</param>
/// <param name="Rouge1">The mean F of single words, as rouge_score computes it without a stemmer.</param>
/// <param name="Rouge2">That of pairs of words.</param>
/// <param name="RougeL">That of longest common subsequences.</param>
internal sealed record GenerationScores(double Bleu, double ChrF, double Rouge1, double Rouge2, double RougeL)
{
    /// <summary>The scores by the names they are printed with.</summary>
    public IReadOnlyList<(string Name, double Value)> Values =>
        [("bleu", Bleu), ("chrf", ChrF), ("rouge1", Rouge1), ("rouge2", Rouge2), ("rougeL", RougeL)];

    /// <summary>Scores texts against one reference each.</summary>
    /// <param name="texts">What was written, [N], N 1 or more.</param>
    /// <param name="references">What was to be written, [N].</param>
    /// <exception cref="ArgumentException">There are no texts, or not as many references.</exception>
    public static GenerationScores Of(IReadOnlyList<string> texts, IReadOnlyList<string> references)
    {
        double bleu = new Bleu().Corpus(texts, [references]);
        double chrF = Evaluation.Texts.ChrF.Corpus(texts, [references]);
        Rouge rouge = new();
        double Mean(Func<string, string, double> score) => 100 * texts.Zip(references, score).Average();
        return new(
            bleu, chrF, Mean((text, reference) => rouge.NGrams(text, reference, 1).F1),
            Mean((text, reference) => rouge.NGrams(text, reference, 2).F1),
            Mean((text, reference) => rouge.LongestSubsequence(text, reference).F1));
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
