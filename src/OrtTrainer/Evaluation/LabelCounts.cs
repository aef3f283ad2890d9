namespace OrtTrainer.Evaluation;

/// <summary>
/// Hits and misses of a multi-label task, label by label. Ratios with denominator 0 count as 0; unlike with one label
/// per example, a label that never occurs does take part in means over labels, as in scikit-learn.
/// </summary>
internal sealed class LabelCounts
{
    private readonly long[] _hits;
    private readonly long[] _labelled;
    private readonly long[] _predicted;
    private readonly long _exact;
    private readonly long _rows;

    /// <summary>Counts.</summary>
    /// <param name="labels">[N, K], true where the label holds.</param>
    /// <param name="predictions">[N, K], true where it was predicted.</param>
    /// <param name="labelCount">K, 1 or more.</param>
    /// <exception cref="ArgumentException">Lengths differ or do not fill whole rows.</exception>
    public LabelCounts(ReadOnlySpan<bool> labels, ReadOnlySpan<bool> predictions, int labelCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labelCount, 1);
        if (labels.Length != predictions.Length || labels.Length % labelCount != 0)
        {
            throw new ArgumentException(
                $"There are {predictions.Length} predictions for {labels.Length} labels; expected as many, " +
                $"in rows of {labelCount}.");
        }

        (_hits, _labelled, _predicted) = (new long[labelCount], new long[labelCount], new long[labelCount]);
        _rows = labels.Length / labelCount;
        for (var start = 0; start < labels.Length; start += labelCount)
        {
            _exact += labels.Slice(start, labelCount).SequenceEqual(predictions.Slice(start, labelCount)) ? 1 : 0;
            for (var k = 0; k < labelCount; k++)
            {
                _hits[k] += labels[start + k] && predictions[start + k] ? 1 : 0;
                _labelled[k] += labels[start + k] ? 1 : 0;
                _predicted[k] += predictions[start + k] ? 1 : 0;
            }
        }
    }

    /// <summary>F1 over all decisions together.</summary>
    public double MicroF1 => Ratio.Of(2.0 * _hits.Sum(), _labelled.Sum() + _predicted.Sum());

    /// <summary>Mean F1 of the labels, each counting the same.</summary>
    public double MacroF1 => Enumerable.Range(0, _hits.Length).Average(F1);

    /// <summary>Mean F1 of the labels, each counting as often as it holds.</summary>
    public double WeightedF1 =>
        Ratio.Of(Enumerable.Range(0, _hits.Length).Sum(k => _labelled[k] * F1(k)), _labelled.Sum());

    /// <summary>Share of all predictions that are right.</summary>
    public double MicroPrecision => Ratio.Of(_hits.Sum(), _predicted.Sum());

    /// <summary>Share of all labels that were found.</summary>
    public double MicroRecall => Ratio.Of(_hits.Sum(), _labelled.Sum());

    /// <summary>Share of the examples whose labels are all right and complete.</summary>
    public double SubsetAccuracy => Ratio.Of(_exact, _rows);

    /// <summary>Harmonic mean of precision and recall of a label.</summary>
    public double F1(int k) => Ratio.Of(2.0 * _hits[k], _labelled[k] + _predicted[k]);

    /// <summary>Share of the predictions of a label that are right.</summary>
    public double Precision(int k) => Ratio.Of(_hits[k], _predicted[k]);

    /// <summary>Share of the examples of a label that were found.</summary>
    public double Recall(int k) => Ratio.Of(_hits[k], _labelled[k]);

    /// <summary>Examples that have a label.</summary>
    public long Support(int k) => _labelled[k];
}
