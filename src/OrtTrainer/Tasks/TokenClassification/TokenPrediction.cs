using OrtTrainer.Common;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>The entities of one text. Its labels and scores are the types and scores of the entities.</summary>
/// <param name="Entities">The entities, in the order of the text.</param>
public sealed record TokenPrediction(IReadOnlyList<TextEntity> Entities)
    : TextPrediction([.. Entities.Select(entity => entity.Type)], [.. Entities.Select(entity => entity.Score)])
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
