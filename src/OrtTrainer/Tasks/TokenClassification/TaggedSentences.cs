using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>Sentences scored one by one: what is right in each, in entities and in words.</summary>
/// <param name="scores">A score per sentence, [N].</param>
/// <param name="decisions">The words of all sentences; null of a sample of them.</param>
internal sealed class TaggedSentences(SentenceScore[] scores, ClassifiedExamples? decisions = null) : EvaluatedExamples
{
    /// <inheritdoc/>
    public override ClassifiedExamples? Decisions => decisions;

    /// <inheritdoc/>
    public override int Count => scores.Length;

    /// <summary>The scores, [N].</summary>
    public IReadOnlyList<SentenceScore> Scores => scores;

    /// <summary>Precision, recall and F1 of the entities of all sentences alike.</summary>
    public TextOverlap Entities =>
        scores.Aggregate(default(EntityCounts), (sum, score) => sum + score.Entities).Overlap;

    /// <summary>The share of words whose tag is right; NaN where there are none.</summary>
    public double Accuracy =>
        (double)scores.Sum(score => (long)score.RightWords) / scores.Sum(score => (long)score.Words);

    /// <inheritdoc/>
    public override bool[] Right() => Array.ConvertAll(scores, score => score.RightWords == score.Words);

    /// <inheritdoc/>
    public override EvaluatedExamples Select(ReadOnlySpan<int> indices) =>
        new TaggedSentences(SelectRows(scores, 1, indices));
}
