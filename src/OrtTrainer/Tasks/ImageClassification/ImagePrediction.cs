using OrtTrainer.Common;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>The label of an image.</summary>
/// <param name="File">The file it was read from.</param>
/// <param name="Labels">The label, one.</param>
/// <param name="Scores">A probability per label, in the model's order.</param>
internal sealed record ImagePrediction(string File, IReadOnlyList<string> Labels, IReadOnlyList<float> Scores)
    : TextPrediction(Labels, Scores)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
