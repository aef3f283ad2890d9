using OrtTrainer.Data;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>The answers of a file's questions, before tokens are known.</summary>
/// <param name="questions">The questions, N of them.</param>
internal sealed class AnswerTargets(IReadOnlyList<QuestionExample> questions) : TaskTargets
{
    /// <inheritdoc/>
    public override int Count => questions.Count;

    /// <summary>Start and end.</summary>
    public override int Outputs => 2;

    /// <exception cref="NotSupportedException">Always: an answer is rows of targets once its context is
    /// tokens.</exception>
    public override void Write(int row, Span<float> values) =>
        throw new NotSupportedException("The answers have no rows before their contexts are tokens.");

    /// <inheritdoc/>
    public override TaskTargets Take(IReadOnlyList<int> examples) =>
        new AnswerTargets([.. examples.Select(example => questions[example])]);

    /// <summary>The questions with an answer, and those without.</summary>
    public override IReadOnlyList<int[]> Strata() =>
    [
        .. Enumerable.Range(0, Count)
            .GroupBy(example => questions[example].Place is null)
            .OrderBy(group => group.Key)
            .Select(group => group.ToArray()),
    ];

    /// <inheritdoc/>
    public override TargetSummary Summarize(LabelMap? labels) => new(Count, [], "question");
}
