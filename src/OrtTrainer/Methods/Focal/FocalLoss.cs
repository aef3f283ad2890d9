using OrtTrainer.Graph;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>Cross-entropy times the modulating factor <c>(1 - p_y)^gamma</c>.</summary>
/// <param name="gamma">The exponent, 0 or more.</param>
internal sealed class FocalLoss(double gamma) : LossTerm
{
    // Far below any share of the probability that float32 tells from 0, and its reciprocal is finite.
    private const float LeastMiss = 1e-30f;

    private readonly LossCoefficient _gamma = new("focal_gamma", gamma);

    internal override LossPart Part => LossPart.Labels;

    internal override IReadOnlyList<LossInput> Inputs => [_gamma];

    internal override Value Build(LossGraph g)
    {
        GraphBuilder b = g.Builder;
        return g.Distribution.LabelLoss(
            g, miss => b.Node("Pow", [b.Node("Max", [miss, b.Constant(LeastMiss)]), _gamma.In(g)]));
    }
}
