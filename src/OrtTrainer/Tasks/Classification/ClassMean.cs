using OrtTrainer.Evaluation;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.Classification;

/// <summary>
/// The mean of the probabilities of classes. Summed as logarithms, so that no probability is too small; the softmax of
/// its outputs is the mean.
/// </summary>
internal sealed class ClassMean : PredictionMean
{
    private readonly double[] _logarithms;
    private readonly double[] _row;
    private readonly double[] _rowLogarithms;

    public ClassMean(int examples, int classes)
        : base(examples, classes)
    {
        _logarithms = Sums(double.NegativeInfinity);
        _row = new double[classes];
        _rowLogarithms = new double[classes];
    }

    protected override void Add(int at, ReadOnlySpan<float> row)
    {
        for (int k = 0; k < row.Length; k++)
        {
            _row[k] = row[k];
        }

        Softmax.LogProbabilities(_row, 1, _rowLogarithms);
        for (int k = 0; k < row.Length; k++)
        {
            _logarithms[at + k] = LogSum(_logarithms[at + k], _rowLogarithms[k]);
        }
    }

    protected override void Mean(int at, int models, Span<float> row)
    {
        for (int k = 0; k < row.Length; k++)
        {
            row[k] = (float)(_logarithms[at + k] - Math.Log(models));
        }
    }
}
