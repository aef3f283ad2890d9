namespace OrtTrainer.Studies.Flatness;

/// <summary>The largest eigenvalue of the loss's Hessian, and how well it is known.</summary>
/// <param name="Value">The curvature along the sharpest direction; below 0 only where all of the Hessian is.</param>
/// <param name="Iterations">Hessian-vector products that it took, the search for the step apart.</param>
/// <param name="LastChange">The relative change of the value by the last iteration.</param>
/// <param name="Residual">|H v - value v| / |value|: some eigenvalue is as near as that, relative to the value.</param>
/// <param name="Converged">Whether the last change was within the tolerance.</param>
/// <param name="MostNegative">The lowest eigenvalue, where it outweighs the largest; null otherwise, when it is not
/// known.</param>
/// <param name="Difference">The step of the finite differences.</param>
internal sealed record TopEigenvalue(
    double Value, int Iterations, double LastChange, double Residual, bool Converged, double? MostNegative,
    DifferenceStep Difference);
