using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>What one optimizer step was.</summary>
/// <param name="Step">Optimizer steps done, this one included.</param>
/// <param name="Terms">The parts of the mean loss over its examples, before the update.</param>
/// <param name="GradientNorm">The global norm before clipping; not a number where the engine does not tell.</param>
/// <param name="LearningRate">The rate used.</param>
/// <param name="Examples">Its examples.</param>
/// <param name="Tokens">Their tokens.</param>
public readonly record struct StepReport(
    long Step, LossParts Terms, double GradientNorm, double LearningRate, int Examples, int Tokens)
{
    /// <summary>The mean loss: the sum of its parts.</summary>
    public float Loss => Terms.Total;
}
