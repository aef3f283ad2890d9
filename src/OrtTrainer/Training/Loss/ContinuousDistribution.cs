using OrtTrainer.Data;
using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>Values: squared error.</summary>
internal sealed class ContinuousDistribution : OutputDistribution
{
    public override bool HasProbabilities => false;

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, TaskTargets targets, double temperature, bool divergence) =>
        throw new NotSupportedException("Values have no temperature.");

    internal override Value LabelLoss(LossGraph g) => SquaredError(g, g.Builder.Sub(g.Logits, g.Labels));

    internal override Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature) =>
        throw new NotSupportedException("Values have no temperature.");
}
