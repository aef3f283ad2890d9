
namespace OrtTrainer.Studies.Flatness;

/// <summary>What was measured round one set of weights.</summary>
/// <param name="Name">Which weights: <c>live</c>, <c>averaged</c>, or the name of a file.</param>
/// <param name="Loss">The mean task loss.</param>
/// <param name="Score">The run's metric.</param>
/// <param name="WeightNorm">The Euclidean norm of the weights.</param>
/// <param name="GradientNorm">The Euclidean norm of the loss's gradient.</param>
/// <param name="Sam">The rise by one ascent step in a ball.</param>
/// <param name="Asam">The rise by one ascent step in a ball stretched as the weights are.</param>
/// <param name="Top">The largest eigenvalue of the Hessian.</param>
/// <param name="Trace">The trace of the Hessian; null where it was not asked for.</param>
/// <param name="Directions">The loss along random directions.</param>
internal sealed record WeightsFlatness(
    string Name, double Loss, double Score, double WeightNorm, double GradientNorm, AscentSharpness Sam,
    AscentSharpness Asam, TopEigenvalue Top, TraceEstimate? Trace, DirectionScan Directions)
{
    /// <summary>The mean rise of the loss at the ends of the random directions.</summary>
    public double DirectionalRise { get; } = ((Directions.MeanLoss[0] + Directions.MeanLoss[^1]) / 2) - Loss;
}
