using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Runs;

/// <summary>What a run minimizes: what its method makes of labels and teacher.</summary>
internal static class RunObjective
{
    /// <param name="options">The method and its settings.</param>
    /// <param name="task">What is learned, as it is for the model.</param>
    /// <param name="train">The training data.</param>
    /// <param name="teacher">What a teacher says of it; null without a teacher.</param>
    /// <param name="length">Optimizer steps of an epoch and of the run.</param>
    /// <param name="studentLayers">Layers of the model that is trained.</param>
    public static TrainingObjective Of(
        FineTuneOptions options, ModelTask task, EncodedDataset train, TeacherKnowledge? teacher,
        (long PerEpoch, long Total) length, int studentLayers)
    {
        ExampleTargets labels = new(train.Targets) { Weights = train.LossWeights(options.ClassWeights?.Of(train)) };
        LossContext context = new(
            task.Distribution, train.Targets, labels, length.Total, length.PerEpoch, studentLayers, options.Seed,
            teacher);
        return options.Method.Loss?.Objective(context)
            ?? context.Objective(task.LossOf(train, options.BatchSize));
    }
}
