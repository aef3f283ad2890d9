using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Runs;

/// <summary>The objective of a run: what its method makes of labels and teacher.</summary>
internal static class RunObjective
{
    /// <param name="options">The method and its settings.</param>
    /// <param name="train">The training data.</param>
    /// <param name="teacher">The teacher's outputs on it, [N, K]; null without a teacher.</param>
    /// <param name="totalSteps">Optimizer steps of the run.</param>
    /// <param name="layers">The teacher's layers; null where the method learns from none.</param>
    public static TrainingObjective Of(
        FineTuneOptions options, EncodedDataset train, float[]? teacher, long totalSteps, LayerTargets? layers = null)
    {
        Dataset data = train.Source;
        ExampleTargets labels = data.Task == TaskKind.Classification
            ? ExampleTargets.Of(SoftTargets.OneHot([.. data.LabelIds], data.Outputs, ClassWeights.Of(options, data)))
            : ExampleTargets.Of(train.Examples);
        return options.Method.Objective switch
        {
            ObjectiveKind.LabelSmoothing => new(data.Task, Smoothed(options.LabelSmoothing, data, labels)),
            ObjectiveKind.TfReg => MadeUp(options.TfReg, data, labels),
            ObjectiveKind.Distillation or ObjectiveKind.SelfDistillation =>
                TeacherObjective.Of(options.Distillation, data, labels, teacher!),
            ObjectiveKind.AnnealingDistillation =>
                Annealed(options.Annealing, data, labels.With(teacher!, offsets: null), totalSteps),
            ObjectiveKind.RailDistillation =>
                TeacherObjective.Of(options.Rail, data, labels, teacher!, layers),
            ObjectiveKind.ConfidencePenalty =>
                new(data.Task, labels, new() { PenaltyWeight = (float)options.ConfidencePenalty.Beta }),
            ObjectiveKind.RDrop => new(data.Task, labels, new() { AgreementWeight = (float)options.RDrop.Alpha }),
            ObjectiveKind.Focal => new(data.Task, labels, new() { FocalGamma = (float)options.Focal.Gamma }),
            _ => new(data.Task, labels),
        };
    }

    private static ExampleTargets Smoothed(LabelSmoothingOptions options, Dataset data, ExampleTargets labels)
    {
        int[] ids = [.. data.LabelIds];
        return labels.WithLabels(options.Convention == SmoothingConvention.Uniform
            ? SoftTargets.SmoothedUniform(ids, data.Outputs, options.Epsilon)
            : SoftTargets.SmoothedOthers(ids, data.Outputs, options.Epsilon));
    }

    private static TrainingObjective MadeUp(TfRegOptions options, Dataset data, ExampleTargets labels)
    {
        SoftTargets teacher = SoftTargets.SmoothedOthers(
            [.. data.LabelIds], data.Outputs, 1 - options.Confidence);
        double temperature = options.Temperature ?? 1;
        LossCoefficients coefficients = new()
        {
            LabelWeight = (float)(1 - options.Alpha),
            TeacherWeight = (float)(options.Alpha * (options.TemperatureSquared ? temperature * temperature : 1)),
            InverseTemperature = (float)(1 / temperature),
        };
        if (options.Temperature is not null)
        {
            teacher = teacher.Tempered(temperature);
        }

        return new(data.Task, labels.With(teacher, divergence: options.Temperature is not null), coefficients);
    }

    private static TrainingObjective Annealed(
        AnnealingOptions options, Dataset data, ExampleTargets targets, long totalSteps)
    {
        long teacherSteps = Math.Max(1, RunLength.StepsOf(options.TeacherShare, totalSteps));
        LossCoefficients[] louder = [.. Enumerable.Range(1, options.MaxTemperature).Select(t => new LossCoefficients
        {
            LabelWeight = 0,
            LogitWeight = 1,
            TeacherScale = (float)t / options.MaxTemperature,
        })];
        return TrainingObjective.Changing(data.Task, targets, step => step < teacherSteps
            ? louder[step * options.MaxTemperature / teacherSteps]
            : LossCoefficients.Plain);
    }
}
