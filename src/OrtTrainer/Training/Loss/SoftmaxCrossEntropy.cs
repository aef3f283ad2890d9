namespace OrtTrainer.Training.Loss;

/// <summary>
/// Cross-entropy H(q, p) between soft targets and the softmax of logits, and its gradient, in float64: the reference
/// for the training graph, and the evaluation loss.
/// </summary>
internal static class SoftmaxCrossEntropy
{
    /// <summary>
    /// <c>sum_b w_b H(q_b, softmax(z_b / T)) / sum_b w_b</c>; 0 where every row is ignored.
    /// </summary>
    /// <param name="logits">z, [B, K], row by row.</param>
    /// <param name="targets">q and w, [B, K].</param>
    /// <param name="gradient">Added to: the derivative by each logit times <paramref name="scale"/>, [B, K]; empty if
    /// not wanted. Zero it first for the gradient of this loss alone.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="scale">Factor on loss and gradient, for sums of losses.</param>
    /// <returns>The loss times <paramref name="scale"/>, in nats.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static double Loss(
        ReadOnlySpan<double> logits,
        SoftTargets targets,
        Span<double> gradient,
        double temperature = 1,
        double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(targets);
        var classes = targets.Classes;
        LossShapes.Check(logits.Length, targets.Rows * classes, gradient.Length);
        if (targets.TotalWeight == 0)
        {
            return 0;
        }

        var logProbabilities = new double[classes];
        var loss = 0.0;
        for (var row = 0; row < targets.Rows; row++)
        {
            var target = targets.Row(row);
            var weight = scale * targets.Weight(row) / targets.TotalWeight;
            Softmax.LogProbabilities(logits.Slice(row * classes, classes), temperature, logProbabilities);
            for (var k = 0; k < classes; k++)
            {
                loss -= weight * target[k] * logProbabilities[k];
                if (!gradient.IsEmpty)
                {
                    gradient[(row * classes) + k] += weight * (Math.Exp(logProbabilities[k]) - target[k]) / temperature;
                }
            }
        }

        return loss;
    }
}
