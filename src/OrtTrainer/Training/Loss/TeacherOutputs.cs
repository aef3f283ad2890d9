using System.Security.Cryptography;
using OrtTrainer.Data;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// A teacher's outputs for the rows of a batch, as terms of a loss: kept from before, or made when the batch is there.
/// </summary>
internal abstract class TeacherOutputs : IDisposable
{
    /// <summary>The name of the graph's input that has them as they are, [R, K].</summary>
    private protected const string InputName = "teacher_outputs";

    private protected TeacherOutputs()
    {
    }

    /// <summary>Seconds that it has taken within steps so far.</summary>
    public virtual double StepSeconds => 0;

    /// <summary>The cross-entropy with the teacher's probabilities at a temperature, or the divergence.</summary>
    /// <param name="distribution">What a row of the outputs stands for.</param>
    /// <param name="targets">What the training data say.</param>
    /// <param name="temperature">Divides the logits of both.</param>
    /// <param name="divergence">Whether the teacher's entropy is taken off.</param>
    /// <param name="weight">Its share of the loss.</param>
    public abstract LossTerm SoftLoss(
        OutputDistribution distribution, TaskTargets targets, double temperature, bool divergence, double weight);

    /// <summary>The squared error to the outputs times a scale; rows that the teacher says nothing of have
    /// none.</summary>
    /// <param name="distribution">What a row of the outputs stands for.</param>
    /// <param name="targets">What the training data say.</param>
    /// <param name="weightAt">Its share of the loss at an optimizer step, counted from 0.</param>
    /// <param name="scaleAt">The scale at an optimizer step.</param>
    public abstract LossTerm ErrorLoss(
        OutputDistribution distribution, TaskTargets targets, Func<long, float> weightAt, Func<long, float> scaleAt);

    /// <summary>Adds what decides the outputs to the bits that a run is known by.</summary>
    public abstract void AppendTo(IncrementalHash hash);

    /// <summary>Numbers that it holds while a step runs.</summary>
    /// <param name="logits">Logits of the largest batch there can be.</param>
    public virtual long ValuesFor(long logits) => 0;

    public virtual void Dispose()
    {
    }
}
