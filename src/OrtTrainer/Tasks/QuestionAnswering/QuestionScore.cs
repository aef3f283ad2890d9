namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>How a model does on one question.</summary>
/// <param name="ExactMatch">1 where the answer is an accepted one, else 0.</param>
/// <param name="F1">The words shared with the accepted answer that gives most, 0 to 1.</param>
/// <param name="HasAnswer">Whether there is an answer.</param>
internal readonly record struct QuestionScore(double ExactMatch, double F1, bool HasAnswer)
{
    /// <summary>The answer; empty for none.</summary>
    public string Answer { get; init; } = "";

    /// <summary>The same of the best span, whether or not none scores more.</summary>
    public (double ExactMatch, double F1) Span { get; init; }

    /// <summary>By how much none scores more than the best span; infinite where there is no span.</summary>
    public double NoAnswer { get; init; }
}
