using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// Every output is a distribution over the tokens of a sequence, such as that of where an answer starts: cross-entropy,
/// a mean over sequences and outputs. A row holds a token's logit of each, and the rows of a sequence add up to its
/// loss.
/// </summary>
internal sealed class PositionDistribution : OutputDistribution
{
    public override bool IsAcrossRows => true;

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, int outputs, double temperature, bool divergence) => throw NoTeacher();

    internal override Value LogProbabilities(LossGraph g) =>
        g.Builder.PackedLogSoftmax(g.Logits, g.Model.Offsets);

    internal override Value LabelLoss(LossGraph g) =>
        g.Builder.Neg(g.Sum(g.Builder.Mul(g.Labels, g.LogProbabilities)));

    internal override Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature) =>
        throw NoTeacher();

    private static NotSupportedException NoTeacher() =>
        new("Distributions over positions are not learned from a teacher.");
}
