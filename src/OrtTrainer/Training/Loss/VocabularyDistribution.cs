using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The tokens of a vocabulary, which exclude each other: cross-entropy. Targets are ids, for a table of probabilities
/// [R, K] would be as large as the logits; methods that make such tables are for tasks of few classes.
/// </summary>
internal sealed class VocabularyDistribution : OutputDistribution
{
    public override bool TakesIds => true;

    public override bool HasProbabilities => false;

    public override int Divisor(int outputs) => 1;

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, int outputs, double temperature, bool divergence) =>
        throw new NotSupportedException("A teacher's outputs for a vocabulary cannot be learned from.");

    internal override Value LabelLoss(LossGraph g) => g.Builder.Neg(g.Sum(g.Builder.Node(
        "GatherElements", [g.LogProbabilities, g.LabelIds], AttributeList.Empty.With("axis", 1))));

    internal override Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature) =>
        throw new NotSupportedException("A teacher's outputs for a vocabulary cannot be learned from.");
}
