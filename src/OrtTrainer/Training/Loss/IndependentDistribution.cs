using OrtTrainer.Graph;
using OrtTrainer.Models;

namespace OrtTrainer.Training.Loss;

/// <summary>A probability per label: binary cross-entropy.</summary>
internal sealed class IndependentDistribution : OutputDistribution
{
    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, int outputs, double temperature, bool divergence)
    {
        float[] probabilities = new float[logits.Length];
        float[] offsets = new float[logits.Length / outputs];
        for (int i = 0; i < logits.Length; i++)
        {
            double z = logits[i] / temperature;
            double p = 1 / (1 + Math.Exp(-z));
            probabilities[i] = (float)p;

            // p log p + (1 - p) log(1 - p) in terms of z, which keeps its digits at both ends.
            double softplus = Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z)));
            offsets[i / outputs] += divergence ? (float)((p * z) - softplus) : 0;
        }

        return (probabilities, offsets);
    }

    internal override (Value Labels, Value Teacher, Value? Penalty) Loss(ObjectiveRows r, bool agreement)
    {
        GraphBuilder g = r.Graph;
        Value labels = r.Sum(g.Sub(g.Node("Softplus", [r.Logits]), g.Mul(r.Logits, r.Labels)));
        Value tempered = r.Tempered();
        Value divergence = g.Add(
            r.TeacherOffsets(), r.Sum(g.Sub(g.Node("Softplus", [tempered]), g.Mul(tempered, r.Teacher))));
        Value teacher = g.Add(
            g.Mul(divergence, r.Coefficient(PackedInputs.TeacherWeight)),
            g.Mul(r.Sum(r.Square(r.LogitError())), r.LogitWeight));
        return (g.Mul(labels, r.LabelWeight), teacher, null);
    }
}
