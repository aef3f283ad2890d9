namespace OrtTrainer.Studies.Flatness;

/// <summary>The trace of the loss's Hessian, the sum of all its eigenvalues, estimated from random vectors.</summary>
/// <param name="Mean">The estimate.</param>
/// <param name="StandardError">Its standard error over the samples; null with one sample.</param>
/// <param name="Samples">Random vectors.</param>
/// <param name="Difference">The step of the finite differences.</param>
internal sealed record TraceEstimate(double Mean, double? StandardError, int Samples, DifferenceStep Difference);
