namespace OrtTrainer.Tests.Models.Plain;

/// <summary>The mean loss of a batch by the kind of task, with its gradient left in the logits.</summary>
internal static class PlainLoss
{
    /// <param name="task"><c>classification</c>, <c>multilabel</c>, <c>regression</c>,
    /// <c>token-classification</c>, <c>question-answering</c>, <c>masked-lm</c> or <c>causal-lm</c>.</param>
    /// <param name="logits">[N, K].</param>
    /// <param name="targets">Probabilities, 0 or 1, or values: [N, K].</param>
    /// <param name="lengths">The rows of each sequence where every token has one.</param>
    public static double Mean(string task, Tensor logits, float[][] targets, IEnumerable<int> lengths) => task switch
    {
        PlainBatch.Spans => OverTokens(logits, targets, [.. lengths]),
        "classification" or PlainBatch.Tokens or PlainBatch.Masked or PlainBatch.Causal =>
            CrossEntropy(logits, targets),
        "multilabel" => BinaryCrossEntropy(logits, targets),
        "regression" => SquaredError(logits, targets),
        _ => throw new ArgumentException($"There is no plain loss of {task}."),
    };

    /// <summary>log Σ e^z - Σ t z, a mean over the rows whose t adds up to 1; those of zeros are ignored.</summary>
    private static double CrossEntropy(Tensor logits, float[][] targets)
    {
        double loss = 0;
        int[] rows = [.. Enumerable.Range(0, logits.Rows).Where(r => targets[r].Sum() > 0)];
        foreach (int r in rows)
        {
            double sum = Enumerable.Range(0, logits.Columns).Sum(c => Math.Exp(logits.Value[r, c]));
            loss += Math.Log(sum) / rows.Length;
            for (int c = 0; c < logits.Columns; c++)
            {
                loss -= targets[r][c] * logits.Value[r, c] / rows.Length;
                logits.Gradient[r, c] += ((Math.Exp(logits.Value[r, c]) / sum) - targets[r][c]) / rows.Length;
            }
        }

        return loss;
    }

    /// <summary>log Σ e^z - Σ t z, sums over the tokens of a sequence: a mean over sequences and K.</summary>
    private static double OverTokens(Tensor logits, float[][] targets, int[] lengths)
    {
        double loss = 0;
        double count = lengths.Length * logits.Columns;
        int first = 0;
        foreach (int length in lengths)
        {
            int[] rows = [.. Enumerable.Range(first, length)];
            for (int c = 0; c < logits.Columns; c++)
            {
                double sum = rows.Sum(r => Math.Exp(logits.Value[r, c]));
                loss += (Math.Log(sum) - rows.Sum(r => targets[r][c] * logits.Value[r, c])) / count;
                foreach (int r in rows)
                {
                    logits.Gradient[r, c] += ((Math.Exp(logits.Value[r, c]) / sum) - targets[r][c]) / count;
                }
            }

            first += length;
        }

        return loss;
    }

    /// <summary>log(1 + e^z) - t z, a mean over N and K.</summary>
    private static double BinaryCrossEntropy(Tensor logits, float[][] targets) => OverElements(
        logits, targets,
        (z, t) => Math.Log(1 + Math.Exp(z)) - (t * z),
        (z, t) => (1 / (1 + Math.Exp(-z))) - t);

    /// <summary>(z - t)², a mean over N and K.</summary>
    private static double SquaredError(Tensor logits, float[][] targets) =>
        OverElements(logits, targets, (z, t) => (z - t) * (z - t), (z, t) => 2 * (z - t));

    private static double OverElements(
        Tensor logits, float[][] targets, Func<double, double, double> loss, Func<double, double, double> slope)
    {
        double sum = 0;
        double count = logits.Rows * logits.Columns;
        for (int r = 0; r < logits.Rows; r++)
        {
            for (int c = 0; c < logits.Columns; c++)
            {
                sum += loss(logits.Value[r, c], targets[r][c]) / count;
                logits.Gradient[r, c] += slope(logits.Value[r, c], targets[r][c]) / count;
            }
        }

        return sum;
    }
}
