using OrtTrainer.Common;
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

    /// <exception cref="RunException">The model has no dropout, so that the passes are the same.</exception>
    internal override Value Build(LossGraph g)
    {
        if (g.LacksDropout)
        {
            throw new RunException("r-drop compares two passes with different dropout; the model's config.json has "
                + "none, so that they are the same. Give one, such as 0.1 (--dropout).");
        }

        GraphBuilder b = g.Builder;
        (Value p, Value logP) = (g.Probabilities, g.LogProbabilities);
        Value partners = _partners.In(g);
        Value divergence = g.Sum(b.Mul(
            b.Sub(p, b.Gather(p, partners)),
            b.Sub(logP, b.Gather(logP, partners))));
        return b.Mul(b.Mul(divergence, b.Constant(0.5f)), _weight.In(g));
    }
}
