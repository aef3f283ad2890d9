using OrtTrainer.Graph;
using OrtTrainer.Models;

namespace OrtTrainer.Training.Loss;

/// <summary>Classes that exclude each other: cross-entropy.</summary>
internal sealed class CategoricalDistribution : OutputDistribution
{
    // Far below any share of the probability that float32 tells from 0, and its reciprocal is finite.
    private const float LeastMiss = 1e-30f;

    public override bool IsExclusive => true;

    public override int Divisor(int outputs) => 1;

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, int outputs, double temperature, bool divergence)
    {
        SoftTargets teacher = SoftTargets.FromLogits([.. logits.Select(z => (double)z)], outputs, temperature);
        return (teacher.ToFloats(), divergence ? teacher.NegativeEntropies() : null);
    }

    internal override (Value Labels, Value Teacher, Value? Penalty) Loss(ObjectiveRows r, bool agreement)
    {
        GraphBuilder g = r.Graph;
        Value logProbabilities = g.LogSoftmax(r.Logits, -1);
        Value probabilities = g.Exp(logProbabilities);
        Value labels = g.Neg(r.Sum(g.Mul(r.Labels, logProbabilities)));
        labels = g.Mul(g.Mul(labels, ModulatingFactor(r, probabilities)), r.LabelWeight);

        Value tempered = g.LogSoftmax(r.Tempered(), -1);
        Value divergence = g.Sub(r.TeacherOffsets(), r.Sum(g.Mul(r.Teacher, tempered)));
        Value teacher = g.Add(
            g.Mul(divergence, r.Coefficient(PackedInputs.TeacherWeight)),
            g.Mul(r.Mean(r.Square(r.LogitError())), r.LogitWeight));

        Value negativeEntropy = r.Sum(g.Mul(probabilities, logProbabilities));
        Value penalty = g.Mul(negativeEntropy, r.Coefficient(PackedInputs.PenaltyWeight));
        return (labels, teacher,
            agreement ? g.Add(penalty, SymmetricDivergence(r, probabilities, logProbabilities)) : penalty);
    }

    /// <summary>
    /// (1 - p_y)^gamma, [R]: 1 for gamma 0. Where p_y is large, 1 - p_y has no digits left and is summed over the
    /// other classes; where it is small, the gradient of that sum would have none.
    /// </summary>
    private static Value ModulatingFactor(ObjectiveRows r, Value probabilities)
    {
        GraphBuilder g = r.Graph;
        Value others = r.Sum(g.Mul(g.Sub(g.Constant(1f), r.Labels), probabilities));
        Value complement = g.Sub(g.Constant(1f), r.Sum(g.Mul(r.Labels, probabilities)));
        Value miss = g.Where(g.Node("Less", [others, g.Constant(0.5f)]), others, complement);
        return g.Node("Pow",
            [g.Node("Max", [miss, g.Constant(LeastMiss)]), r.Coefficient(PackedInputs.FocalGamma)]);
    }

    /// <summary>(KL(p, p') + KL(p', p)) / 2 with the partner's p', [R].</summary>
    private static Value SymmetricDivergence(ObjectiveRows r, Value probabilities, Value logProbabilities)
    {
        GraphBuilder g = r.Graph;
        Value partners = r.Partners();
        Value symmetric = r.Sum(g.Mul(
            g.Sub(probabilities, g.Gather(probabilities, partners)),
            g.Sub(logProbabilities, g.Gather(logProbabilities, partners))));
        return g.Mul(g.Mul(symmetric, g.Constant(0.5f)), r.Coefficient(PackedInputs.AgreementWeight));
    }
}
