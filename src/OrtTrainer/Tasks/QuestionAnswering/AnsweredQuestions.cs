using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>Questions scored one by one, by the rules of SQuAD.</summary>
/// <param name="scores">A score per question, [N].</param>
internal sealed class AnsweredQuestions(QuestionScore[] scores) : EvaluatedExamples
{
    /// <inheritdoc/>
    public override int Count => scores.Length;

    /// <summary>The mean of what is picked of a score; NaN where there are none.</summary>
    /// <param name="picked">What of a score.</param>
    /// <param name="hasAnswer">Of the questions with an answer alone, or of those without; null for all.</param>
    public double Mean(Func<QuestionScore, double> picked, bool? hasAnswer = null) =>
        scores.Where(score => hasAnswer is null || score.HasAnswer == hasAnswer).Select(picked)
            .DefaultIfEmpty(double.NaN).Average();

    /// <inheritdoc/>
    public override bool[] Right() => Array.ConvertAll(scores, score => score.ExactMatch == 1);

    /// <inheritdoc/>
    public override EvaluatedExamples Select(ReadOnlySpan<int> indices) =>
        new AnsweredQuestions(SelectRows(scores, 1, indices));
}
