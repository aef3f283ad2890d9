using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Loss;

/// <summary>
/// R-Drop (Liang et al. 2021): two passes with different dropout, <c>(H(q, p1) + H(q, p2)) / 2 + alpha (KL(p1, p2) +
/// KL(p2, p1)) / 2</c>, gradients through both.
/// </summary>
internal static class RDropReference
{
    /// <summary>The batch mean and its gradients by both passes' logits.</summary>
    /// <param name="first">Logits of the first pass, [B, K].</param>
    /// <param name="second">Logits of the second pass, [B, K].</param>
    /// <param name="targets">q, [B, K].</param>
    /// <param name="alpha">Strength of the agreement.</param>
    /// <param name="firstGradient">Added to, [B, K].</param>
    /// <param name="secondGradient">Added to, [B, K].</param>
    /// <returns>The loss in nats.</returns>
    public static double Loss(
        ReadOnlySpan<double> first,
        ReadOnlySpan<double> second,
        SoftTargets targets,
        double alpha,
        Span<double> firstGradient,
        Span<double> secondGradient)
    {
        var loss = SoftmaxCrossEntropy.Loss(first, targets, firstGradient, scale: 0.5)
            + SoftmaxCrossEntropy.Loss(second, targets, secondGradient, scale: 0.5);
        var classes = targets.Classes;
        var (p, q) = (new double[classes], new double[classes]);
        for (var row = 0; row < targets.Rows && targets.TotalWeight > 0; row++)
        {
            var weight = 0.5 * alpha * targets.Weight(row) / targets.TotalWeight;
            Softmax.LogProbabilities(first.Slice(row * classes, classes), 1, p);
            Softmax.LogProbabilities(second.Slice(row * classes, classes), 1, q);
            loss += weight * (AddDivergence(p, q, weight, firstGradient.Slice(row * classes, classes))
                + AddDivergence(q, p, weight, secondGradient.Slice(row * classes, classes)));
        }

        return loss;
    }

    /// <summary>
    /// Returns KL(p, q) of two rows of log-probabilities, and adds the derivative of KL(p, q) + KL(q, p) by p's
    /// logits:
    /// <c>p_k (log p_k - log q_k - KL(p, q)) + p_k - q_k</c>.
    /// </summary>
    private static double AddDivergence(double[] p, double[] q, double weight, Span<double> gradient)
    {
        var divergence = 0.0;
        for (var k = 0; k < p.Length; k++)
        {
            divergence += Math.Exp(p[k]) * (p[k] - q[k]);
        }

        for (var k = 0; k < p.Length; k++)
        {
            var probability = Math.Exp(p[k]);
            gradient[k] += weight * ((probability * (p[k] - q[k] - divergence)) + probability - Math.Exp(q[k]));
        }

        return divergence;
    }
}
