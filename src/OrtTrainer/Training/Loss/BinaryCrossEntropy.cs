namespace OrtTrainer.Training.Loss;

/// <summary>
/// Cross-entropy of independent yes-or-no labels from logits, the multi-label loss, with its gradient.
/// </summary>
internal static class BinaryCrossEntropy
{
    /// <summary>
    /// The mean over B x K of <c>-t log s(z) - (1 - t) log(1 - s(z))</c>, s the logistic function, computed as
    /// <c>max(z, 0) - z t + log(1 + exp(-|z|))</c>, which neither overflows nor loses digits.
    /// </summary>
    /// <param name="logits">z, [B, K].</param>
    /// <param name="targets">t in [0, 1], [B, K].</param>
    /// <param name="gradient">Receives (s(z) - t) / (B K); empty if not wanted.</param>
    /// <returns>The loss in nats; 0 for no logits.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> targets, Span<double> gradient)
    {
        LossShapes.Check(logits.Length, targets.Length, gradient.Length);
        var sum = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            var tail = Math.Exp(-Math.Abs(logits[i]));
            sum += Math.Max(logits[i], 0) - (logits[i] * targets[i]) + Math.Log(1 + tail);
            if (!gradient.IsEmpty)
            {
                var probability = (logits[i] >= 0 ? 1 : tail) / (1 + tail);
                gradient[i] = (probability - targets[i]) / logits.Length;
            }
        }

        return logits.IsEmpty ? 0 : sum / logits.Length;
    }
}
