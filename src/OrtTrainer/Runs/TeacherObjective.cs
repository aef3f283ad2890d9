using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Runs;

/// <summary>Labels and a teacher's outputs as one objective.</summary>
internal static class TeacherObjective
{
    public static TrainingObjective Of(
        DistillationOptions options, Dataset data, ExampleTargets labels, float[] teacher) =>
        Of(options, options.Alpha, new() { LabelWeight = 1 - (float)options.Alpha }, data, labels, teacher);

    /// <param name="options">The weights of the parts.</param>
    /// <param name="data">The training data.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="teacher">The teacher's outputs, [N, K].</param>
    /// <param name="layers">Its layers; null where a graph without them is looked at.</param>
    public static TrainingObjective Of(
        RailOptions options, Dataset data, ExampleTargets labels, float[] teacher, LayerTargets? layers)
    {
        DistillationOptions outputs = new()
        {
            Temperature = options.Temperature,
            TemperatureSquared = options.TemperatureSquared,
        };
        LossCoefficients others = new()
        {
            LabelWeight = (float)options.LabelWeight,

            // Losses of other tasks are means over the outputs too, by which this part must not be divided.
            IntermediateWeight = (float)(options.IntermediateWeight
                * (data.Task == TaskKind.Classification ? 1 : data.Outputs)),
        };
        return Of(outputs, options.TeacherWeight, others, data, labels, teacher, layers);
    }

    private static TrainingObjective Of(
        DistillationOptions options, double share, LossCoefficients others, Dataset data, ExampleTargets labels,
        float[] teacher, LayerTargets? layers = null)
    {
        if (options.Loss == DistillationLoss.LogitError || data.Task == TaskKind.Regression)
        {
            return new(data.Task, labels.With(teacher, offsets: null), others with { LogitWeight = (float)share })
            {
                Layers = layers,
            };
        }

        double t = options.Temperature;
        bool divergence = options.Loss == DistillationLoss.KullbackLeibler;
        ExampleTargets targets = data.Task == TaskKind.Classification
            ? labels.With(SoftTargets.FromLogits([.. teacher.Select(z => (double)z)], data.Outputs, t), divergence)
            : Independent(labels, teacher, data.Outputs, t, divergence);
        return new(data.Task, targets, others with
        {
            TeacherWeight = (float)(share * (options.TemperatureSquared ? t * t : 1)),
            InverseTemperature = (float)(1 / t),
        })
        {
            Layers = layers,
        };
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
