using OrtTrainer.Common;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>What a model answers to one question. Its labels and scores are the texts and scores of the answers; where
/// it has none, there are no labels.</summary>
/// <param name="Answers">The best answers, best first; none for an empty text.</param>
/// <param name="NoAnswerScore">The probability, among those of the answers, that the text has none, 0 to 1: of use
/// where the model has learned from questions without an answer.</param>
/// <param name="HasAnswer">Whether the best answer counts: not where the text is empty, or none scores more by the
/// threshold of the predictor's options.</param>
internal sealed record AnswerPrediction(IReadOnlyList<TextAnswer> Answers, float NoAnswerScore, bool HasAnswer)
    : TextPrediction(
        HasAnswer ? [.. Answers.Select(answer => answer.Text)] : [], [.. Answers.Select(answer => answer.Score)])
{
    /// <summary>The best answer; null where there is none.</summary>
    public TextAnswer? Answer => HasAnswer ? Answers[0] : null;

    /// <summary>What the data call the question; null where they do not.</summary>
    public string? Id { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
