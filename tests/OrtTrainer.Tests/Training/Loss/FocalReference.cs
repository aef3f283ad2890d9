using OrtTrainer.Common;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Loss;

/// <summary>
/// Cross-entropy with a modulating factor that falls for rows already right (Lin et al. 2017):
/// <c>-(1 - p_y)^gamma log p_y</c>.
/// </summary>
internal static class FocalReference
{
    /// <summary>The batch mean and its gradient by the logits.</summary>
    /// <param name="logits">[B, K].</param>
    /// <param name="labels">y, [B], from 0 to K - 1.</param>
    /// <param name="gamma">The exponent of the modulating factor, 0 or more; 0 is cross-entropy.</param>
    /// <param name="gradient">Receives the gradient, [B, K]; empty if not wanted.</param>
    /// <returns>The loss; 0 for no rows.</returns>
    public static double Loss(
        ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, double gamma, Span<double> gradient)
    {
        OptionRange.AtLeast(gamma, 0.0, nameof(gamma));
        if (labels.IsEmpty)
        {
            return 0;
        }

        LossShapes.Check(logits.Length, logits.Length, gradient.Length);
        var classes = logits.Length / labels.Length;
        var logProbabilities = new double[classes];
        var loss = 0.0;
        for (var row = 0; row < labels.Length; row++)
        {
            Softmax.LogProbabilities(logits.Slice(row * classes, classes), 1, logProbabilities);
            var log = logProbabilities[labels[row]];
            var probability = Math.Exp(log);
            var miss = 1 - probability;
            var factor = Math.Pow(miss, gamma);
            loss -= factor * log / labels.Length;
            // d/d log p of -(1 - p)^gamma log p, then d log p_y / dz_k = [k = y] - p_k.
            var slope = miss == 0 ? factor : factor - (gamma * Math.Pow(miss, gamma - 1) * probability * log);
            for (var k = 0; k < classes && !gradient.IsEmpty; k++)
            {
                var hit = k == labels[row] ? 1 : 0;
                gradient[(row * classes) + k] = slope * (Math.Exp(logProbabilities[k]) - hit) / labels.Length;
            }
        }

        return loss;
    }
}
