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
        OutputDistribution distribution = options.Data.Task.Distribution;
        ExampleTargets labels = new(train.Targets) { Weights = ClassWeights.Of(options, train) };
        return options.Method.Objective switch
        {
            ObjectiveKind.LabelSmoothing => new(distribution, Smoothed(options.LabelSmoothing, train.Targets, labels)),
            ObjectiveKind.TfReg => MadeUp(options.TfReg, distribution, train.Targets, labels),
            ObjectiveKind.Distillation or ObjectiveKind.SelfDistillation =>
                TeacherObjective.Of(options.Distillation, distribution, labels, teacher!),
            ObjectiveKind.AnnealingDistillation =>
                Annealed(options.Annealing, distribution, labels.With(teacher!, offsets: null), totalSteps),
            ObjectiveKind.RailDistillation =>
                TeacherObjective.Of(options.Rail, distribution, labels, teacher!, layers),
            ObjectiveKind.ConfidencePenalty =>
                new(distribution, labels, new() { PenaltyWeight = (float)options.ConfidencePenalty.Beta }),
            ObjectiveKind.RDrop => new(distribution, labels, new() { AgreementWeight = (float)options.RDrop.Alpha }),
            ObjectiveKind.Focal => new(distribution, labels, new() { FocalGamma = (float)options.Focal.Gamma }),
            _ => new(distribution, labels),
        };
    }

    private static ExampleTargets Smoothed(LabelSmoothingOptions options, TaskTargets targets, ExampleTargets labels)
    {
        ReadOnlySpan<int> ids = ((CategoricalTargets)targets).Ids;
        return labels.WithLabels(options.Convention == SmoothingConvention.Uniform
            ? SoftTargets.SmoothedUniform(ids, targets.Outputs, options.Epsilon)
            : SoftTargets.SmoothedOthers(ids, targets.Outputs, options.Epsilon));
    }

    private static TrainingObjective MadeUp(TfRegOptions options, OutputDistribution distribution, TaskTargets targets, ExampleTargets labels)
    {
        SoftTargets teacher = SoftTargets.SmoothedOthers(
            ((CategoricalTargets)targets).Ids, targets.Outputs, 1 - options.Confidence);
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

        return new(distribution, labels.With(
            teacher.ToFloats(), options.Temperature is null ? null : teacher.NegativeEntropies()), coefficients);
    }

    private static TrainingObjective Annealed(
        AnnealingOptions options, OutputDistribution distribution, ExampleTargets targets, long totalSteps)
    {
        long teacherSteps = Math.Max(1, RunLength.StepsOf(options.TeacherShare, totalSteps));
        LossCoefficients[] louder = [.. Enumerable.Range(1, options.MaxTemperature).Select(t => new LossCoefficients
        {
            LabelWeight = 0,
            LogitWeight = 1,
            TeacherScale = (float)t / options.MaxTemperature,
        })];
        return TrainingObjective.Changing(distribution, targets, step => step < teacherSteps
            ? louder[step * options.MaxTemperature / teacherSteps]
            : LossCoefficients.Plain);
    }
}
