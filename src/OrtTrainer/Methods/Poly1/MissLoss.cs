using OrtTrainer.Graph;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>1 - p_y, the probability that the model does not give to the label.</summary>
/// <param name="epsilon">What it is multiplied with.</param>
internal sealed class MissLoss(double epsilon) : LossTerm
{
    private readonly LossCoefficient _epsilon = new("poly_epsilon", epsilon);

    internal override LossPart Part => LossPart.Labels;

    internal override IReadOnlyList<LossInput> Inputs => [_epsilon];

    internal override Value Build(LossGraph g) => g.Builder.Mul(g.Distribution.Miss(g), _epsilon.In(g));
}
