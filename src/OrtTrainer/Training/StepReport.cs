namespace OrtTrainer.Training;

/// <summary>What one optimizer step was.</summary>
/// <param name="Step">Optimizer steps done, this one included.</param>
/// <param name="Loss">The mean loss over its examples, before the update.</param>
/// <param name="GradientNorm">The global norm before clipping.</param>
/// <param name="LearningRate">The rate used.</param>
/// <param name="Examples">Its examples.</param>
/// <param name="Tokens">Their tokens.</param>
public readonly record struct StepReport(
    long Step, float Loss, double GradientNorm, double LearningRate, int Examples, int Tokens);
