using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>Component Sequence: one normalizer after the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<Normalizer> steps) : Normalizer
{
    /// <summary>The normalizers, first to last.</summary>
    public IReadOnlyList<Normalizer> Steps => steps;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        foreach (Normalizer step in steps)
        {
            step.Normalize(text);
        }
    }
}
