using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>What one optimizer step was.</summary>
/// <param name="Step">Optimizer steps of the run, this one and those that were left out included.</param>
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

    /// <summary>What the loss was multiplied with for its gradients; null for products that need no scale.</summary>
    public float? LossScale { get; init; }

    /// <summary>Whether the gradients were not finite at this scale, so that the weights stayed as they were.</summary>
    public bool IsSkipped { get; init; }
}
