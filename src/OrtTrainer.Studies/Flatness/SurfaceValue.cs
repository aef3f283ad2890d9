namespace OrtTrainer.Studies.Flatness;

/// <summary>What a set of weights is worth on the examples of a surface.</summary>
/// <param name="Loss">The mean task loss: cross-entropy, binary cross-entropy or squared error.</param>
/// <param name="Score">The run's metric, in its own unit; NaN where it is not defined.</param>
internal readonly record struct SurfaceValue(double Loss, double Score);
