using OrtTrainer.Data;
using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>Classes that exclude each other: cross-entropy.</summary>
internal sealed class CategoricalDistribution : OutputDistribution
{
    public override bool IsExclusive => true;

    public override bool HasLabels => true;

    public override int Divisor(int outputs) => 1;

    internal override (float[] Targets, float[] Offsets) Smooth(TaskTargets targets, SmoothedLabels smoothed)
    {
        ReadOnlySpan<int> ids = ((CategoricalTargets)targets).Ids;
        SoftTargets soft = smoothed.SparesLabel
            ? SoftTargets.SmoothedOthers(ids, targets.Outputs, smoothed.Epsilon)
            : SoftTargets.SmoothedUniform(ids, targets.Outputs, smoothed.Epsilon);
        soft = smoothed.Temperature == 1 ? soft : soft.Tempered(smoothed.Temperature);
        return (soft.ToFloats(), soft.NegativeEntropies());
    }

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, TaskTargets targets, double temperature, bool divergence)
    {
        SoftTargets teacher = SoftTargets.FromLogits([.. logits.Select(z => (double)z)], targets.Outputs, temperature);
        return (teacher.ToFloats(), divergence ? teacher.NegativeEntropies() : null);
    }

    internal override Value LabelLoss(LossGraph g) =>
        g.Builder.SoftmaxCrossEntropy(g.Logits, g.Labels, g.Builder.Constant(1f));

    /// <summary>
    /// Where p is large, 1 - p has no digits left and is summed over the other classes; where it is small, the gradient
    /// of that sum would have none.
    /// </summary>
    internal override Value LabelLoss(LossGraph g, Func<Value, Value> factor)
    {
        GraphBuilder b = g.Builder;
        Value loss = LabelLoss(g);
        Value others = Miss(g);
        Value complement = b.Sub(b.Constant(1f), g.Sum(b.Mul(g.Labels, g.Probabilities)));
        return b.Mul(loss, factor(b.Where(b.Node("Less", [others, b.Constant(0.5f)]), others, complement)));
    }

    internal override Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature) =>
        SoftCrossEntropy(g, targets, offsets, inverseTemperature);

    internal override Value SquaredError(LossGraph g, Value error) => g.Mean(g.Square(error));
}
