using OrtTrainer.Data;
using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// Vectors, whose losses compare the rows of a batch with each other: the task has them, and a row has no loss of its
/// own.
/// </summary>
internal sealed class VectorDistribution : OutputDistribution
{
    public override bool HasProbabilities => false;

    public override int Divisor(int outputs) => 1;

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, TaskTargets targets, double temperature, bool divergence) => throw NoTargets();

    internal override Value LabelLoss(LossGraph g) => throw NoTargets();

    internal override Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature) =>
        throw NoTargets();

    private static NotSupportedException NoTargets() => new("Vectors have no targets of their own.");
}
