using OrtTrainer.Data;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Evaluation;

/// <summary>
/// The mean of what several models predict: of probabilities, or of values in a regression. Summed as logarithms, so
/// that no probability is too small.
/// </summary>
/// <param name="task">What the outputs mean.</param>
/// <param name="outputs">K.</param>
/// <param name="examples">N.</param>
internal sealed class PredictionMean(TaskKind task, int outputs, int examples)
{
    // Classification: log of the summed probabilities [N, K]. Multi-label: those of yes, then those of no.
    // Regression: sums.
    private readonly double[] _yes = Filled(task, examples * outputs);
    private readonly double[] _no = Filled(task, task == TaskKind.MultiLabel ? examples * outputs : 0);
    private int _models;

    /// <summary>Takes in a model's outputs, [N, K].</summary>
    public void Add(ReadOnlySpan<float> logits)
    {
        _models++;
        switch (task)
        {
            case TaskKind.Classification:
                AddClasses(logits);
                break;
            case TaskKind.MultiLabel:
                for (int i = 0; i < logits.Length; i++)
                {
                    _yes[i] = LogSum(_yes[i], LogSigmoid(logits[i]));
                    _no[i] = LogSum(_no[i], LogSigmoid(-logits[i]));
                }

                break;
            default:
                for (int i = 0; i < logits.Length; i++)
                {
                    _yes[i] += logits[i];
                }

                break;
        }
    }

    /// <summary>Outputs [N, K] that stand for the mean: their softmax or sigmoid is the mean probability.</summary>
    public float[] Logits() => task switch
    {
        TaskKind.Classification => [.. _yes.Select(sum => (float)(sum - Math.Log(_models)))],
        TaskKind.MultiLabel => [.. _yes.Zip(_no, (yes, no) => (float)(yes - no))],
        _ => [.. _yes.Select(sum => (float)(sum / _models))],
    };

    private void AddClasses(ReadOnlySpan<float> logits)
    {
        Span<double> row = new double[outputs];
        Span<double> logarithms = new double[outputs];
        for (int example = 0; example < examples; example++)
        {
            for (int k = 0; k < outputs; k++)
            {
                row[k] = logits[(example * outputs) + k];
            }

            Softmax.LogProbabilities(row, 1, logarithms);
            for (int k = 0; k < outputs; k++)
            {
                ref double sum = ref _yes[(example * outputs) + k];
                sum = LogSum(sum, logarithms[k]);
            }
        }
    }

    private static double[] Filled(TaskKind task, int length)
    {
        double[] sums = new double[length];
        Array.Fill(sums, task == TaskKind.Regression ? 0 : double.NegativeInfinity);
        return sums;
    }

    /// <summary>log(e^a + e^b); b is finite.</summary>
    private static double LogSum(double a, double b) =>
        Math.Max(a, b) + Math.Log(1 + Math.Exp(-Math.Abs(a - b)));

    private static double LogSigmoid(double z) => Math.Min(z, 0) - Math.Log(1 + Math.Exp(-Math.Abs(z)));
}
