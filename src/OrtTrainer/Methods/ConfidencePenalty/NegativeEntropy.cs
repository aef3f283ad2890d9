using OrtTrainer.Graph;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>-H(p), the output's entropy with a minus sign.</summary>
/// <param name="beta">What it is multiplied with.</param>
internal sealed class NegativeEntropy(double beta) : LossTerm
{
    private readonly LossCoefficient _weight = new("penalty_weight", beta);

    internal override LossPart Part => LossPart.Penalty;

    internal override IReadOnlyList<LossInput> Inputs => [_weight];

    internal override Value Build(LossGraph g) =>
        g.Builder.Mul(g.Sum(g.Builder.Mul(g.Probabilities, g.LogProbabilities)), _weight.In(g));
}
