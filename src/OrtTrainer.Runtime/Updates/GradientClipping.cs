using OrtTrainer.Common;

namespace OrtTrainer.Runtime.Updates;

/// <summary>Clipping by global norm, as a factor for <see cref="StepInputs.GradientScale"/>.</summary>
public static class GradientClipping
{
    /// <summary>
    /// <c>min(1, maximum / (norm + 1e-6))</c>, PyTorch's <c>clip_grad_norm_</c>. NaN for a norm that is not a number,
    /// so that the step refuses it instead of training on.
    /// </summary>
    /// <param name="norm">The norm of the gradients as they will be used.</param>
    /// <param name="maximum">The largest norm let through, above 0.</param>
    public static double Coefficient(double norm, double maximum)
    {
        OptionRange.Above(maximum, 0, nameof(maximum));
        return Math.Min(1, maximum / (norm + 1e-6));
    }
}
