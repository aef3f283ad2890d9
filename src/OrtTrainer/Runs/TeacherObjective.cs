using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Objectives;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>Labels and a teacher's outputs as one objective.</summary>
internal static class TeacherObjective
{
    public static TrainingObjective Of(
        DistillationOptions options, Dataset data, ExampleTargets labels, float[] teacher)
    {
        float share = (float)options.Alpha;
        if (options.Loss == DistillationLoss.LogitError || data.Task == TaskKind.Regression)
        {
            return new(data.Task, labels.With(teacher, offsets: null),
                new() { LabelWeight = 1 - share, LogitWeight = share });
        }

        double t = options.Temperature;
        bool divergence = options.Loss == DistillationLoss.KullbackLeibler;
        ExampleTargets targets = data.Task == TaskKind.Classification
            ? labels.With(SoftTargets.FromLogits([.. teacher.Select(z => (double)z)], data.Outputs, t), divergence)
            : Independent(labels, teacher, data.Outputs, t, divergence);
        return new(data.Task, targets, new()
        {
            LabelWeight = 1 - share,
            TeacherWeight = (float)(options.Alpha * (options.TemperatureSquared ? t * t : 1)),
            InverseTemperature = (float)(1 / t),
        });
    }

    /// <summary>Labels that do not exclude each other have a probability each.</summary>
    private static ExampleTargets Independent(
        ExampleTargets labels, float[] teacher, int outputs, double temperature, bool divergence)
    {
        float[] probabilities = new float[teacher.Length];
        float[] offsets = new float[teacher.Length / outputs];
        for (int i = 0; i < teacher.Length; i++)
        {
            double z = teacher[i] / temperature;
            double p = 1 / (1 + Math.Exp(-z));
            probabilities[i] = (float)p;

            // p log p + (1 - p) log(1 - p) in terms of z, which keeps its digits at both ends.
            double softplus = Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z)));
            offsets[i / outputs] += divergence ? (float)((p * z) - softplus) : 0;
        }

        return labels.With(probabilities, offsets);
    }
}
