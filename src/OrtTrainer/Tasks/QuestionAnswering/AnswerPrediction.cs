using OrtTrainer.Common;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>What a model answers to one question: the best answers are its spans. Its label is the best answer's text;
/// where it has none, there is no label.</summary>
internal sealed record AnswerPrediction : TextPrediction
{
    /// <param name="answers">The best answers, best first; none for an empty text.</param>
    /// <param name="noAnswerScore">See <see cref="NoAnswerScore"/>.</param>
    /// <param name="hasAnswer">Whether the best answer counts: not where the text is empty, or none scores more by the
    /// threshold of the predictor's options.</param>
    public AnswerPrediction(IReadOnlyList<TextSpan> answers, float noAnswerScore, bool hasAnswer)
        : base(
            hasAnswer ? [.. answers.Select(answer => answer.Text)] : [], [.. answers.Select(answer => answer.Score)])
    {
        Spans = answers;
        NoAnswerScore = noAnswerScore;
        HasAnswer = hasAnswer;
    }

    /// <summary>The probability, among those of the answers, that the text has none, 0 to 1: of use where the model has
    /// learned from questions without an answer.</summary>
    public float NoAnswerScore { get; init; }

    /// <summary>Whether the best answer counts.</summary>
    public bool HasAnswer { get; init; }

    /// <summary>The best answer; null where there is none.</summary>
    public TextSpan? Answer => HasAnswer ? Spans[0] : null;

    /// <summary>What the data call the question; null where they do not.</summary>
    public string? Id { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
