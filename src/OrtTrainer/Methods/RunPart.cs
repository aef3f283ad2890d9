using OrtTrainer.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Methods;

/// <summary>
/// Something that changes how a run trains, with its settings: a part of its method, or what may stand beside any
/// method. A run asks each of its parts the same questions; what a part does not say is as in plain fine-tuning.
/// </summary>
public abstract record RunPart
{
    private protected RunPart()
    {
    }

    /// <summary>The learning rate where the run names none; null for no opinion.</summary>
    internal virtual double? DefaultLearningRate => null;

    /// <summary>The curve of the rate where the run names none; null for no opinion.</summary>
    internal virtual ScheduleKind? DefaultSchedule => null;

    /// <summary>How and when it averages weights; null where it does not.</summary>
    internal virtual AveragingScheme? Averaging => null;

    /// <summary>Flat buffers as large as the weights that it holds beside an average.</summary>
    internal virtual int Buffers => 0;

    /// <summary>Its settings in the line of a run's head that tells the loss; null for nothing.</summary>
    internal virtual string? LossText => null;

    /// <summary>Its settings in the line that tells what is done around a step; null for nothing.</summary>
    internal virtual string? StepText => null;

    /// <summary>Its settings beside the method's name; null for nothing.</summary>
    internal virtual string? AveragingText => null;

    /// <summary>Refuses options that it cannot go with.</summary>
    /// <exception cref="ArgumentException">Something does not go with it; the message says what and why.</exception>
    internal virtual void Require(RunTraits run)
    {
    }

    /// <summary>What it makes of the learning rate.</summary>
    /// <param name="schedule">The rate without it.</param>
    /// <param name="learningRate">The highest rate.</param>
    /// <param name="totalSteps">Optimizer steps of the run.</param>
    internal virtual LearningRateSchedule Reschedule(
        LearningRateSchedule schedule, double learningRate, long totalSteps) => schedule;

    /// <summary>What the rate of each parameter is multiplied with; null for one rate.</summary>
    internal virtual Func<ParameterView, double>? RateFactors(PretrainedModel model) => null;

    /// <summary>What it makes of the gradients; those of the batches, or of a part nearer to them.</summary>
    /// <param name="gradients">Disposed with the result.</param>
    /// <param name="run">The weights, as loaded.</param>
    internal virtual IGradientSource Wrap(IGradientSource gradients, GradientContext run) => gradients;

    /// <summary>The weights that it draws at the end, to average what they predict; null where it does not.</summary>
    /// <param name="state">Holds the average.</param>
    /// <param name="seed">Fixes all draws.</param>
    internal virtual WeightDraws? Draw(TrainingState state, long seed) => null;
}
