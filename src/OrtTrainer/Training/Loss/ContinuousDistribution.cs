using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>Values: squared error.</summary>
internal sealed class ContinuousDistribution : OutputDistribution
{
    public override bool HasProbabilities => false;

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, int outputs, double temperature, bool divergence) =>
        throw new NotSupportedException("Values have no temperature.");

    internal override (Value Labels, Value Teacher, Value? Penalty) Loss(ObjectiveRows r, bool agreement)
    {
        GraphBuilder g = r.Graph;
        Value labels = r.Sum(r.Square(g.Sub(r.Logits, r.Labels)));
        return (g.Mul(labels, r.LabelWeight), g.Mul(r.Sum(r.Square(r.LogitError())), r.LogitWeight), null);
    }
}
