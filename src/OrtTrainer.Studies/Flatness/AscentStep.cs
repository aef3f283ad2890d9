using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// The sharpness that SAM minimises: the largest loss in a ball round the weights, to first order, less the loss at
/// its centre.
/// </summary>
internal static class AscentStep
{
    /// <summary>
    /// The step of Foret et al. (2021, "Sharpness-Aware Minimization", equation 2), <c>rho g / |g|</c>, the ball being
    /// that of the Euclidean norm.
    /// </summary>
    /// <param name="surface">The loss.</param>
    /// <param name="weights">The centre.</param>
    /// <param name="loss">The loss there.</param>
    /// <param name="gradient">The gradient there.</param>
    /// <param name="rho">The radius.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static AscentSharpness Plain(
        ILossSurface surface, WeightBuffer weights, double loss, WeightBuffer gradient, double rho,
        CancellationToken cancellation = default) =>
        Climb(surface, weights, loss, gradient, gradient.Device.Arithmetic.Norm(gradient), rho, cancellation);

    /// <summary>
    /// The step of Kwon et al. (2021, "ASAM", equation 6 with T = |w| element by element), <c>rho w² g / |w g|</c>:
    /// the ball is stretched as the weights are, which makes the result blind to rescaled layers.
    /// </summary>
    /// <param name="surface">The loss.</param>
    /// <param name="weights">The centre.</param>
    /// <param name="loss">The loss there.</param>
    /// <param name="gradient">The gradient there; becomes the direction of the step.</param>
    /// <param name="rho">The radius, relative to the weights.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static AscentSharpness Adaptive(
        ILossSurface surface, WeightBuffer weights, double loss, WeightBuffer gradient, double rho,
        CancellationToken cancellation = default)
    {
        gradient.Device.Arithmetic.Multiply(gradient, weights, gradient);
        double norm = gradient.Device.Arithmetic.Norm(gradient);
        gradient.Device.Arithmetic.Multiply(gradient, weights, gradient);
        return Climb(surface, weights, loss, gradient, norm, rho, cancellation);
    }

    private static AscentSharpness Climb(
        ILossSurface surface, WeightBuffer weights, double loss, WeightBuffer direction, double norm, double rho,
        CancellationToken cancellation)
    {
        // Where the gradient is zero there is no way up to first order.
        weights.Device.Arithmetic.Move(weights, norm > 0 ? rho / norm : 0, direction, surface.Point);
        double raised = surface.Measure(cancellation).Loss;
        return new AscentSharpness(rho, raised, raised - loss);
    }
}
