using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.MultiLabel;

/// <summary>
/// The mean of the probability of each label. Summed as logarithms, of yes and of no, so that none is too small; the
/// sigmoid of its outputs is the mean.
/// </summary>
internal sealed class LabelSetMean : PredictionMean
{
    private readonly double[] _yes;
    private readonly double[] _no;

    public LabelSetMean(int examples, int labels)
        : base(examples, labels) =>
        (_yes, _no) = (Sums(double.NegativeInfinity), Sums(double.NegativeInfinity));

    protected override void Add(int at, ReadOnlySpan<float> row)
    {
        for (int k = 0; k < row.Length; k++)
        {
            _yes[at + k] = LogSum(_yes[at + k], LogSigmoid(row[k]));
            _no[at + k] = LogSum(_no[at + k], LogSigmoid(-row[k]));
        }
    }

    protected override void Mean(int at, int models, Span<float> row)
    {
        for (int k = 0; k < row.Length; k++)
        {
            row[k] = (float)(_yes[at + k] - _no[at + k]);
        }
    }

    private static double LogSigmoid(double z) => Math.Min(z, 0) - Math.Log(1 + Math.Exp(-Math.Abs(z)));
}
