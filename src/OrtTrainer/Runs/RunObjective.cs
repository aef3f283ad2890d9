using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Runs;

/// <summary>What a run minimizes: what its method makes of labels and teacher.</summary>
internal static class RunObjective
{
    /// <param name="options">The method and its settings.</param>
    /// <param name="train">The training data.</param>
    /// <param name="teacher">What a teacher says of it; null without a teacher.</param>
    /// <param name="length">Optimizer steps of an epoch and of the run.</param>
    /// <param name="studentLayers">Layers of the model that is trained.</param>
    public static TrainingObjective Of(
        FineTuneOptions options, EncodedDataset train, TeacherKnowledge? teacher, (long PerEpoch, long Total) length,
        int studentLayers)
    {
        Dataset data = train.Source;
        OutputDistribution distribution = OutputDistribution.Of(data.Task);
        ExampleTargets labels = distribution.IsExclusive
            ? ExampleTargets.Of(SoftTargets.OneHot(
                [.. data.LabelIds], data.Outputs, options.ClassWeights?.Of(data) ?? []))
            : ExampleTargets.Of(train.Examples);
        LossContext context = new(
            distribution, data, labels, length.Total, length.PerEpoch, studentLayers, options.Seed, teacher);
        return options.Method.Loss?.Objective(context) ?? context.Objective();
    }
}
