namespace OrtTrainer.Training.Loss;

/// <summary>
/// The regression loss, also the loss between a student's and a teacher's logits, with its gradient.
/// </summary>
internal static class MeanSquaredError
{
    /// <summary>The mean over all elements of <c>(z - t)^2</c>.</summary>
    /// <param name="outputs">z, [B] or [B, K].</param>
    /// <param name="targets">t, of the same shape.</param>
    /// <param name="gradient">Receives 2 (z - t) / n; empty if not wanted.</param>
    /// <returns>The loss; 0 for no outputs.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static double Loss(ReadOnlySpan<double> outputs, ReadOnlySpan<double> targets, Span<double> gradient)
    {
        LossShapes.Check(outputs.Length, targets.Length, gradient.Length);
        var sum = 0.0;
        for (var i = 0; i < outputs.Length; i++)
        {
            var error = outputs[i] - targets[i];
            sum += error * error;
            if (!gradient.IsEmpty)
            {
                gradient[i] = 2 * error / outputs.Length;
            }
        }

        return outputs.IsEmpty ? 0 : sum / outputs.Length;
    }
}
