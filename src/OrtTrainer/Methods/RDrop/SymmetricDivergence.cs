using OrtTrainer.Graph;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>(KL(p, p') + KL(p', p)) / 2 between the two passes over an example.</summary>
/// <param name="alpha">What it is multiplied with.</param>
internal sealed class SymmetricDivergence(double alpha) : LossTerm
{
    private readonly PartnerRows _partners = new();
    private readonly LossCoefficient _weight = new("agreement_weight", alpha);

    internal override LossPart Part => LossPart.Penalty;

    internal override IReadOnlyList<LossInput> Inputs => [_partners, _weight];

    internal override bool IsTwofold => true;

    internal override Value Build(LossGraph g)
    {
        GraphBuilder b = g.Builder;
        (Value p, Value logP) = (g.Probabilities, g.LogProbabilities);
        Value partners = _partners.In(g);
        Value divergence = g.Sum(b.Mul(
            b.Sub(p, b.Gather(p, partners)),
            b.Sub(logP, b.Gather(logP, partners))));
        return b.Mul(b.Mul(divergence, b.Constant(0.5f)), _weight.In(g));
    }
}
