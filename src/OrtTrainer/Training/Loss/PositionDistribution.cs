using OrtTrainer.Data;
using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// Every output is a distribution over the tokens of a sequence, such as that of where an answer starts: cross-entropy,
/// a mean over sequences and outputs. A row holds a token's logit of each, and the rows of a sequence add up to its
/// loss.
/// </summary>
internal sealed class PositionDistribution : OutputDistribution
{
    public override bool IsExclusive => true;

    public override bool IsAcrossRows => true;

    /// <summary>The classes of a sequence are its tokens.</summary>
    internal override (float[] Targets, float[] Offsets) Smooth(TaskTargets targets, SmoothedLabels smoothed)
    {
        int outputs = targets.Outputs;
        float[] table = new float[targets.FirstRow(targets.Count) * outputs];
        double[] labels = new double[table.Length];
        float[] row = new float[outputs];
        for (int sequence = 0; sequence < targets.Count; sequence++)
        {
            int end = targets.FirstRow(sequence + 1);
            (double onLabel, double onOthers) = smoothed.Of(end - targets.FirstRow(sequence));
            for (int token = targets.FirstRow(sequence); token < end; token++)
            {
                targets.Write(token, row);
                for (int k = 0; k < outputs; k++)
                {
                    double share = row[k] == 1 ? onLabel : onOthers;
                    labels[(token * outputs) + k] = share;
                    table[(token * outputs) + k] = (float)share;
                }
            }
        }

        return (table, NegativeEntropies(labels, outputs));
    }

    internal override (float[] Targets, float[]? Offsets) Soften(
        float[] logits, TaskTargets targets, double temperature, bool divergence)
    {
        int outputs = targets.Outputs;
        double[] probabilities = new double[logits.Length];
        for (int sequence = 0; sequence < targets.Count; sequence++)
        {
            (int first, int end) = (targets.FirstRow(sequence), targets.FirstRow(sequence + 1));
            double[] column = new double[end - first];
            for (int k = 0; k < outputs; k++)
            {
                for (int token = first; token < end; token++)
                {
                    column[token - first] = logits[(token * outputs) + k];
                }

                Softmax.LogProbabilities(column, temperature, column);
                for (int token = first; token < end; token++)
                {
                    probabilities[(token * outputs) + k] = Math.Exp(column[token - first]);
                }
            }
        }

        return (
            Array.ConvertAll(probabilities, p => (float)p),
            divergence ? NegativeEntropies(probabilities, outputs) : null);
    }

    /// <summary>1 / n for each of the n tokens of a sequence.</summary>
    internal override float[] RowShares(TaskTargets targets)
    {
        float[] shares = new float[targets.FirstRow(targets.Count)];
        for (int sequence = 0; sequence < targets.Count; sequence++)
        {
            (int first, int end) = (targets.FirstRow(sequence), targets.FirstRow(sequence + 1));
            shares.AsSpan(first, end - first).Fill(1f / (end - first));
        }

        return shares;
    }

    internal override Value LogProbabilities(LossGraph g) =>
        g.Builder.PackedLogSoftmax(g.Logits, g.Model.Offsets);

    internal override Value LabelLoss(LossGraph g) =>
        g.Builder.Neg(g.Sum(g.Builder.Mul(g.Labels, g.LogProbabilities)));

    /// <summary>A token is the label of one output and another class of the next, so that factors are per
    /// output.</summary>
    internal override Value LabelLoss(LossGraph g, Func<Value, Value> factor)
    {
        GraphBuilder b = g.Builder;
        Value likelihood = b.Mul(g.Labels, g.LogProbabilities);
        return b.Neg(g.Sum(b.Mul(likelihood, factor(b.Sub(b.Constant(1f), g.Probabilities)))));
    }

    internal override Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature)
    {
        GraphBuilder b = g.Builder;
        Value tempered = b.PackedLogSoftmax(b.Mul(g.Logits, inverseTemperature), g.Model.Offsets);
        Value likelihood = g.Sum(b.Mul(targets, tempered));
        return offsets is null ? b.Neg(likelihood) : b.Sub(offsets, likelihood);
    }

    private static float[] NegativeEntropies(double[] probabilities, int outputs) =>
        [.. probabilities.Chunk(outputs).Select(row => (float)row.Sum(SmoothedLabels.TimesLogarithm))];
}
