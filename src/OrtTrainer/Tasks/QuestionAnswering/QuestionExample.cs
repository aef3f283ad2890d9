using OrtTrainer.Data;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>A question about a context, with the answers that are accepted.</summary>
/// <param name="Text">The question.</param>
/// <param name="Context">The text that answers it, or does not.</param>
/// <param name="Answers">The accepted answers, none where the context has none; null where they are not known, as for
/// prediction.</param>
/// <param name="Place">Where the first of them stands, in code points of the context; null where there is
/// none.</param>
/// <param name="Line">The 1-based line the row starts on.</param>
internal sealed record QuestionExample(
    string Text, string Context, IReadOnlyList<string>? Answers, TextRange? Place, int Line)
    : Example(Text, Context, Answers is null ? null : string.Join(" | ", Answers), Line)
{
    /// <summary>What the data call the question; null where they do not.</summary>
    public string? Id { get; init; }

    /// <summary>How many code points lie between the place that the data state and <see cref="Place"/>.</summary>
    public int Moved { get; init; }

    /// <summary>Equal where the question, the context and the answers are.</summary>
    public bool Equals(QuestionExample? other) => base.Equals(other) && other is not null && Place == other.Place
        && Id == other.Id && (Answers ?? []).SequenceEqual(other.Answers ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Place, Id);
}
