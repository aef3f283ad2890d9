using OrtTrainer.Data;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>What the loss of a run is made of.</summary>
/// <param name="Distribution">What a row of the outputs stands for.</param>
/// <param name="Targets">What the training data say.</param>
/// <param name="Labels">The same, with the weights of their classes.</param>
/// <param name="TotalSteps">Optimizer steps of the run.</param>
/// <param name="StepsPerEpoch">Optimizer steps of an epoch.</param>
/// <param name="StudentLayers">Layers of the model that is trained.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Teacher">What a teacher says of the data; null without one.</param>
internal sealed record LossContext(
    OutputDistribution Distribution, TaskTargets Targets, ExampleTargets Labels, long TotalSteps, long StepsPerEpoch,
    int StudentLayers, long Seed, TeacherKnowledge? Teacher)
{
    /// <summary>Outputs per row, K.</summary>
    public int Outputs => Labels.Outputs;

    /// <summary>The class of every row; the outputs must be exclusive classes.</summary>
    public ReadOnlySpan<int> ClassIds => ((CategoricalTargets)Targets).Ids;

    /// <summary>The teacher's outputs, [R, K].</summary>
    /// <exception cref="InvalidOperationException">There is no teacher.</exception>
    public float[] TeacherOutputs => Teacher?.Outputs
        ?? throw new InvalidOperationException("The loss is made of a teacher's outputs, but there is no teacher.");

    /// <summary>The objective of these terms and the labels as they are.</summary>
    public TrainingObjective Objective(params IReadOnlyList<LossTerm> terms) => new(Distribution, Labels, terms);
}
