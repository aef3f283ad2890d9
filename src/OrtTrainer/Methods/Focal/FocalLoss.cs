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
        Value loss = g.Distribution.LabelLoss(g);
        return g.Builder.Mul(loss, ModulatingFactor(g));
    }

    /// <summary>
    /// [R]. Where p_y is large, 1 - p_y has no digits left and is summed over the other classes; where it is small, the
    /// gradient of that sum would have none.
    /// </summary>
    private Value ModulatingFactor(LossGraph g)
    {
        GraphBuilder b = g.Builder;
        Value others = g.Sum(b.Mul(b.Sub(b.Constant(1f), g.Labels), g.Probabilities));
        Value complement = b.Sub(b.Constant(1f), g.Sum(b.Mul(g.Labels, g.Probabilities)));
        Value miss = b.Where(b.Node("Less", [others, b.Constant(0.5f)]), others, complement);
        return b.Node("Pow", [b.Node("Max", [miss, b.Constant(LeastMiss)]), _gamma.In(g)]);
    }
}
