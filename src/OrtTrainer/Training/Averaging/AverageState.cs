namespace OrtTrainer.Training.Averaging;

/// <summary>What a checkpoint keeps of a weight average beside its values.</summary>
/// <param name="Count">Weights averaged so far.</param>
/// <param name="FirstStep">Optimizer steps done when the first was taken; 0 if none was.</param>
/// <param name="LastStep">Optimizer steps done when the last was taken; 0 if none was.</param>
internal readonly record struct AverageState(long Count, long FirstStep, long LastStep);
