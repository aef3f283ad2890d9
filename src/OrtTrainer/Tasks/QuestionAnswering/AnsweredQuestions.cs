using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>Questions scored one by one, by the rules of SQuAD.</summary>
/// <param name="scores">A score per question, [N].</param>
internal sealed class AnsweredQuestions(QuestionScore[] scores) : EvaluatedExamples
{
    /// <inheritdoc/>
    public override int Count => scores.Length;

    /// <summary>The scores, [N].</summary>
    public IReadOnlyList<QuestionScore> Scores => scores;

    /// <summary>The mean of what is picked of a score; NaN where there are none.</summary>
    /// <param name="picked">What of a score.</param>
    /// <param name="hasAnswer">Of the questions with an answer alone, or of those without; null for all.</param>
    public double Mean(Func<QuestionScore, double> picked, bool? hasAnswer = null) =>
        scores.Where(score => hasAnswer is null || score.HasAnswer == hasAnswer).Select(picked)
            .DefaultIfEmpty(double.NaN).Average();

    /// <summary>
    /// The best mean that a threshold gives where a question has no answer if none scores more than the best span by
    /// more than that, and that threshold: find_best_thresh of SQuAD 2's script (Rajpurkar et al. 2018), but for
    /// questions with the same scores, which a threshold answers all or not at all.
    /// </summary>
    /// <param name="picked">What of the best spans' scores.</param>
    public (double Mean, double Threshold) Best(Func<(double ExactMatch, double F1), double> picked)
    {
        QuestionScore[] spans = [.. scores.Where(score => double.IsFinite(score.NoAnswer))];
        double sum = scores.Count(score => !score.HasAnswer);
        double best = sum;
        double threshold = spans.Length == 0 ? 0 : Math.BitDecrement(spans.Min(score => score.NoAnswer));
        foreach (IGrouping<double, QuestionScore> same in
            spans.GroupBy(score => score.NoAnswer).OrderBy(group => group.Key))
        {
            sum += same.Sum(score => score.HasAnswer ? picked(score.Span) : -1);
            (best, threshold) = sum > best ? (sum, same.Key) : (best, threshold);
        }

        return (best / scores.Length, threshold);
    }

    /// <inheritdoc/>
    public override bool[] Right() => Array.ConvertAll(scores, score => score.ExactMatch == 1);

    /// <inheritdoc/>
    public override EvaluatedExamples Select(ReadOnlySpan<int> indices) =>
        new AnsweredQuestions(SelectRows(scores, 1, indices));
}
