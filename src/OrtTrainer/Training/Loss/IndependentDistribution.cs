using OrtTrainer.Data;
using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>A probability per label: binary cross-entropy.</summary>
internal sealed class IndependentDistribution : OutputDistribution
{
    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, TaskTargets targets, double temperature, bool divergence)
    {
        int outputs = targets.Outputs;
        float[] probabilities = new float[logits.Length];
        float[]? offsets = divergence ? new float[logits.Length / outputs] : null;
        for (int i = 0; i < logits.Length; i++)
        {
            double z = logits[i] / temperature;
            double p = 1 / (1 + Math.Exp(-z));
            probabilities[i] = (float)p;

            // p log p + (1 - p) log(1 - p) in terms of z, which keeps its digits at both ends.
            double softplus = Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z)));
            offsets?[i / outputs] += (float)((p * z) - softplus);
        }

        return (probabilities, offsets);
    }

    internal override Value LabelLoss(LossGraph g) => CrossEntropy(g, g.Logits, g.Labels);

    internal override Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature)
    {
        Value loss = CrossEntropy(g, g.Builder.Mul(g.Logits, inverseTemperature), targets);
        return offsets is null ? loss : g.Builder.Add(offsets, loss);
    }

    private static Value CrossEntropy(LossGraph g, Value logits, Value targets) =>
        g.Sum(g.Builder.Sub(g.Builder.Node("Softplus", [logits]), g.Builder.Mul(logits, targets)));
}
