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

    private TeacherKnowledge Taught => Teacher
        ?? throw new InvalidOperationException("The loss is made of a teacher's outputs, but there is no teacher.");

    /// <summary>The cross-entropy with smoothed labels.</summary>
    public TrainingObjective Smoothed(SmoothedLabels labels) => Distribution.TakesIds
        ? Objective(new SmoothedIdLoss(LossPart.Labels, labels, Outputs, divergence: false, weight: 1))
        : new(Distribution, Labels.WithLabels(Distribution.Smooth(Targets, labels).Targets));

    /// <summary>The cross-entropy with a teacher that is made of the labels, or the divergence from it.</summary>
    public LossTerm VirtualTeacher(SmoothedLabels labels, bool divergence, double weight)
    {
        if (Distribution.TakesIds)
        {
            return new SmoothedIdLoss(LossPart.Teacher, labels, Outputs, divergence, weight);
        }

        (float[] targets, float[] offsets) = Distribution.Smooth(Targets, labels);
        return new SoftTargetLoss(targets, Outputs, divergence ? offsets : null, labels.Temperature, weight);
    }

    /// <summary>The cross-entropy with the teacher's probabilities at a temperature, or the divergence.</summary>
    public LossTerm SoftTeacher(double temperature, bool divergence, double weight) =>
        Taught.Outputs.SoftLoss(Distribution, Targets, temperature, divergence, weight);

    /// <summary>The squared error to the teacher's outputs times a scale; rows that the teacher says nothing of have
    /// none.</summary>
    /// <param name="weightAt">Its share of the loss at an optimizer step, counted from 0.</param>
    /// <param name="scaleAt">The scale at an optimizer step.</param>
    public LossTerm TeacherError(Func<long, float> weightAt, Func<long, float> scaleAt) =>
        Taught.Outputs.ErrorLoss(Distribution, Targets, weightAt, scaleAt);

    /// <summary>The objective of these terms and the labels as they are.</summary>
    public TrainingObjective Objective(params IReadOnlyList<LossTerm> terms) => new(Distribution, Labels, terms);
}
