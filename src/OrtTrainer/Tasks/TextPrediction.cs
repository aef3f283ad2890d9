using OrtTrainer.Common;

namespace OrtTrainer.Tasks;

/// <summary>What a model says about one input. A task that says more has a record derived from this.</summary>
/// <param name="Labels">
/// The labels predicted: one of a classifier, any number, best first, of a multi-label model, the types of entities,
/// the best answer to a question; none of a regression, or where no answer counts.
/// </param>
/// <param name="Scores">
/// A score per label in the model's order, probabilities that sum to 1 or a probability each; the value of a
/// regression; or the scores of <see cref="Spans"/>.
/// </param>
public record TextPrediction(IReadOnlyList<string> Labels, IReadOnlyList<float> Scores)
{
    /// <summary>Whether the input was longer than the greatest length, so that its end was not read.</summary>
    public bool IsCut { get; init; }

    /// <summary>
    /// The parts of the text that the model points to: entities in the order of the text, or answers, the best first;
    /// none where it does not.
    /// </summary>
    public IReadOnlyList<TextSpan> Spans { get; init; } = [];

    /// <summary>The best of the labels predicted; null where there is none.</summary>
    public string? Label => Labels.Count > 0 ? Labels[0] : null;

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
