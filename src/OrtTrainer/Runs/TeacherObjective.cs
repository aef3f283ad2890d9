using OrtTrainer.Methods;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Runs;

/// <summary>Labels and a teacher's outputs as one objective.</summary>
internal static class TeacherObjective
{
    public static TrainingObjective Of(
        DistillationOptions options, OutputDistribution distribution, ExampleTargets labels, float[] teacher) =>
        Of(options, options.Alpha, new() { LabelWeight = 1 - (float)options.Alpha }, distribution, labels, teacher);

    /// <param name="options">The weights of the parts.</param>
    /// <param name="distribution">What a row of the outputs stands for.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="teacher">The teacher's outputs, [N, K].</param>
    /// <param name="layers">Its layers; null where a graph without them is looked at.</param>
    public static TrainingObjective Of(
        RailOptions options, OutputDistribution distribution, ExampleTargets labels, float[] teacher, LayerTargets? layers)
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
            IntermediateWeight = (float)(options.IntermediateWeight * distribution.Divisor(labels.Outputs)),
        };
        return Of(outputs, options.TeacherWeight, others, distribution, labels, teacher, layers);
    }

    private static TrainingObjective Of(
        DistillationOptions options, double share, LossCoefficients others, OutputDistribution distribution,
        ExampleTargets labels, float[] teacher, LayerTargets? layers = null)
    {
        if (options.Loss == DistillationLoss.LogitError || !distribution.HasProbabilities)
        {
            return new(distribution, labels.With(teacher, offsets: null), others with { LogitWeight = (float)share })
            {
                Layers = layers,
            };
        }

        double t = options.Temperature;
        bool divergence = options.Loss == DistillationLoss.KullbackLeibler;
        (float[] softened, float[]? offsets) = distribution.Soften(teacher, labels.Outputs, t, divergence);
        ExampleTargets targets = labels.With(softened, offsets);
        return new(distribution, targets, others with
        {
            TeacherWeight = (float)(share * (options.TemperatureSquared ? t * t : 1)),
            InverseTemperature = (float)(1 / t),
        })
        {
            Layers = layers,
        };
    }
}
