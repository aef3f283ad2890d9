using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.Regression;

/// <summary>The mean of predicted numbers.</summary>
internal sealed class NumberMean : PredictionMean
{
    private readonly double[] _sums;

    public NumberMean(int examples)
        : base(examples, outputs: 1) => _sums = Sums(0);

    protected override void Add(int at, ReadOnlySpan<float> row) => _sums[at] += row[0];

    protected override void Mean(int at, int models, Span<float> row) => row[0] = (float)(_sums[at] / models);
}
