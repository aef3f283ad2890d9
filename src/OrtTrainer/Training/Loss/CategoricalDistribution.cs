using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>Classes that exclude each other: cross-entropy.</summary>
internal sealed class CategoricalDistribution : OutputDistribution
{
    public override bool IsExclusive => true;

    public override int Divisor(int outputs) => 1;

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, int outputs, double temperature, bool divergence)
    {
        SoftTargets teacher = SoftTargets.FromLogits([.. logits.Select(z => (double)z)], outputs, temperature);
        return (teacher.ToFloats(), divergence ? teacher.NegativeEntropies() : null);
    }

    internal override Value LabelLoss(LossGraph g) =>
        g.Builder.Neg(g.Sum(g.Builder.Mul(g.Labels, g.LogProbabilities)));

    internal override Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature)
    {
        Value tempered = g.Builder.LogSoftmax(g.Builder.Mul(g.Logits, inverseTemperature), -1);
        Value likelihood = g.Sum(g.Builder.Mul(targets, tempered));
        return offsets is null ? g.Builder.Neg(likelihood) : g.Builder.Sub(offsets, likelihood);
    }

    internal override Value SquaredError(LossGraph g, Value error) => g.Mean(g.Square(error));
}
