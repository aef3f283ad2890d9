using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Loss;

/// <summary>
/// Cross-entropy less a share of the output's entropy (Pereyra et al. 2017): <c>H(q, p) - beta H(p)</c>.
/// </summary>
internal static class ConfidencePenaltyReference
{
    /// <summary>The loss and its gradient by the logits.</summary>
    /// <param name="logits">[B, K].</param>
    /// <param name="targets">q, [B, K].</param>
    /// <param name="beta">Strength of the penalty.</param>
    /// <param name="gradient">Added to, [B, K]; empty if not wanted.</param>
    /// <returns>The loss in nats.</returns>
    public static double Loss(ReadOnlySpan<double> logits, SoftTargets targets, double beta, Span<double> gradient)
    {
        var loss = SoftmaxCrossEntropy.Loss(logits, targets, gradient);
        var classes = targets.Classes;
        var logProbabilities = new double[classes];
        for (var row = 0; row < targets.Rows && targets.TotalWeight > 0; row++)
        {
            Softmax.LogProbabilities(logits.Slice(row * classes, classes), 1, logProbabilities);
            var entropy = 0.0;
            foreach (var value in logProbabilities)
            {
                entropy -= Math.Exp(value) * value;
            }

            var weight = beta * targets.Weight(row) / targets.TotalWeight;
            loss -= weight * entropy;
            // dH/dz_k = -p_k (log p_k + H).
            for (var k = 0; k < classes && !gradient.IsEmpty; k++)
            {
                var log = logProbabilities[k];
                gradient[(row * classes) + k] += weight * Math.Exp(log) * (log + entropy);
            }
        }

        return loss;
    }
}
