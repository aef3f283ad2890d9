namespace OrtTrainer.Evaluation;

/// <summary>
/// How often each class was predicted for each label, and the scores that follow from it. Ratios with denominator 0
/// count as 0, as in scikit-learn; classes that occur neither as label nor as prediction take no part in means over
/// classes.
/// </summary>
internal sealed class ConfusionMatrix
{
    private readonly long[] _counts;
    private readonly long[] _labelled;
    private readonly long[] _predicted;

    /// <summary>Counts pairs.</summary>
    /// <param name="labels">[N], from 0 to K - 1.</param>
    /// <param name="predictions">[N], from 0 to K - 1.</param>
    /// <param name="classes">K, 1 or more.</param>
    /// <exception cref="ArgumentException">Lengths differ or a class is out of range; the message names its
    /// row.</exception>
    public ConfusionMatrix(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (labels.Length != predictions.Length)
        {
            throw new ArgumentException($"There are {predictions.Length} predictions for {labels.Length} labels.");
        }

        Classes = classes;
        Total = labels.Length;
        _counts = new long[classes * classes];
        _labelled = new long[classes];
        _predicted = new long[classes];
        for (var i = 0; i < labels.Length; i++)
        {
            Check(labels[i], i, "label");
            Check(predictions[i], i, "prediction");
            _counts[(labels[i] * classes) + predictions[i]]++;
            _labelled[labels[i]]++;
            _predicted[predictions[i]]++;
            Correct += labels[i] == predictions[i] ? 1 : 0;
        }
    }

    /// <summary>Classes K.</summary>
    public int Classes { get; }

    /// <summary>Examples N.</summary>
    public long Total { get; }

    /// <summary>Examples whose prediction is their label.</summary>
    public long Correct { get; }

    /// <summary>Examples of one label predicted as one class.</summary>
    public long this[int label, int prediction] => _counts[(label * Classes) + prediction];

    /// <summary>Share of right predictions; for one label per example also the micro-averaged F1.</summary>
    public double Accuracy => Ratio.Of(Correct, Total);

    /// <summary>Mean F1 of the classes that occur, each counting the same.</summary>
    public double MacroF1 => Occurring.Select(F1).DefaultIfEmpty().Average();

    /// <summary>Mean F1 of the classes, each counting as often as it is a label.</summary>
    public double WeightedF1 => Ratio.Of(Occurring.Sum(k => _labelled[k] * F1(k)), Total);

    /// <summary>Mean recall of the classes that occur as labels.</summary>
    public double BalancedAccuracy =>
        Enumerable.Range(0, Classes).Where(k => _labelled[k] > 0).Select(Recall).DefaultIfEmpty().Average();

    /// <summary>Matthews' correlation coefficient for any number of classes (Gorodkin 2004), in [-1, 1].</summary>
    public double Mcc
    {
        get
        {
            double total = Total;
            var agreement = (Correct * total) - Products(_labelled, _predicted);
            var labelSpread = (total * total) - Products(_labelled, _labelled);
            var predictionSpread = (total * total) - Products(_predicted, _predicted);
            return Ratio.Of(agreement, Math.Sqrt(labelSpread) * Math.Sqrt(predictionSpread));
        }
    }

    /// <summary>Agreement beyond chance (Cohen 1960), at most 1.</summary>
    public double CohenKappa
    {
        get
        {
            double total = Total;
            var chance = Products(_labelled, _predicted);
            return Ratio.Of((Correct * total) - chance, (total * total) - chance);
        }
    }

    /// <summary>The classes that occur as label or prediction, in order.</summary>
    public IEnumerable<int> Occurring => Enumerable.Range(0, Classes).Where(k => _labelled[k] + _predicted[k] > 0);

    /// <summary>Share of the predictions of a class that are right.</summary>
    public double Precision(int k) => Ratio.Of(this[k, k], _predicted[k]);

    /// <summary>Share of the examples of a class that were found.</summary>
    public double Recall(int k) => Ratio.Of(this[k, k], _labelled[k]);

    /// <summary>Harmonic mean of precision and recall of a class.</summary>
    public double F1(int k) => Ratio.Of(2.0 * this[k, k], _labelled[k] + _predicted[k]);

    private static double Products(long[] a, long[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    private void Check(int value, int row, string what)
    {
        if (value < 0 || value >= Classes)
        {
            throw new ArgumentException($"Example {row} has {what} {value}; expected 0 to {Classes - 1}.");
        }
    }
}
