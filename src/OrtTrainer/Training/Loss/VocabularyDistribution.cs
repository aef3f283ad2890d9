using OrtTrainer.Data;
using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The tokens of a vocabulary, which exclude each other: cross-entropy. Labels are ids, and a teacher runs with the
/// step, for a table [R, K] of the whole data would be as large as all logits.
/// </summary>
internal sealed class VocabularyDistribution : OutputDistribution
{
    public override bool IsExclusive => true;

    public override bool TakesIds => true;

    public override int Divisor(int outputs) => 1;

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, TaskTargets targets, double temperature, bool divergence) =>
        throw new NotSupportedException("A teacher's outputs for a vocabulary are no table; it runs with the step.");

    internal override Value LabelLoss(LossGraph g) => IdShares.OfLabel(g).Rows(g);

    internal override Value LabelLoss(LossGraph g, Func<Value, Value> factor) =>
        g.Builder.Mul(LabelLoss(g), factor(Miss(g)));

    /// <summary>Ids tell no row of other classes to sum over: 1 - p, which is off by 1e-7 at most.</summary>
    internal override Value Miss(LossGraph g) =>
        g.Builder.Sub(g.Builder.Constant(1f), g.Builder.Exp(g.OfLabels(g.LogProbabilities)));

    internal override Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature) =>
        SoftCrossEntropy(g, targets, offsets, inverseTemperature);

    internal override Value SquaredError(LossGraph g, Value error) => g.Mean(g.Square(error));
}
