using OrtTrainer.Training.Loss;

namespace OrtTrainer.Evaluation;

/// <summary>Logits and labels of a classification task.</summary>
internal sealed class ClassifiedExamples : EvaluatedExamples, IScoredExamples
{
    private readonly double[] _logits;
    private readonly int[] _labels;

    /// <summary>Keeps both arrays.</summary>
    /// <param name="logits">[N, K].</param>
    /// <param name="labels">[N], from 0 to K - 1.</param>
    /// <param name="classes">K, 2 or more.</param>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public ClassifiedExamples(double[] logits, int[] labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (logits.Length != (long)labels.Length * classes)
        {
            throw new ArgumentException(
                $"There are {logits.Length} logits for {labels.Length} examples of {classes} classes.");
        }

        (_logits, _labels, Classes) = (logits, labels, classes);
    }

    /// <summary>Classes K.</summary>
    public int Classes { get; }

    /// <inheritdoc/>
    public override int Count => _labels.Length;

    /// <inheritdoc/>
    public override ClassifiedExamples Decisions => this;

    /// <summary>The labels, [N].</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>The logits, [N, K].</summary>
    public ReadOnlySpan<double> Logits => _logits;

    /// <summary>The class with the largest logit, [N]; the first of equal ones.</summary>
    public int[] Predictions()
    {
        var predictions = new int[Count];
        for (var i = 0; i < predictions.Length; i++)
        {
            predictions[i] = ProbabilityScores.Argmax(_logits.AsSpan(i * Classes, Classes));
        }

        return predictions;
    }

    /// <summary>Labels against predictions.</summary>
    public ConfusionMatrix Confusion() => new(_labels, Predictions(), Classes);

    /// <summary>The softmax of the logits, [N, K].</summary>
    public double[] Probabilities()
    {
        var probabilities = new double[_logits.Length];
        for (var i = 0; i < Count; i++)
        {
            Softmax.LogProbabilities(
                _logits.AsSpan(i * Classes, Classes), 1, probabilities.AsSpan(i * Classes, Classes));
        }

        return Array.ConvertAll(probabilities, Math.Exp);
    }

    /// <summary>The probability of each prediction, [N].</summary>
    public double[] Confidences()
    {
        double[] probabilities = Probabilities();
        return [.. Predictions().Select((prediction, i) => probabilities[(i * Classes) + prediction])];
    }

    /// <summary>How far the probabilities of the predictions can be believed.</summary>
    public Reliability ToReliability() => ProbabilityScores.ReliabilityOf(_labels, Probabilities(), Classes);

    /// <inheritdoc/>
    public double[] ScoreRows() => Probabilities();

    /// <inheritdoc/>
    public EvaluatedExamples Join(IReadOnlyList<EvaluatedExamples> parts)
    {
        ClassifiedExamples[] all = [.. parts.Cast<ClassifiedExamples>()];
        return new ClassifiedExamples(
            [.. all.SelectMany(part => part._logits)], [.. all.SelectMany(part => part._labels)], Classes);
    }

    /// <inheritdoc/>
    public override bool[] Right() => [.. Predictions().Zip(_labels, (prediction, label) => prediction == label)];

    /// <inheritdoc/>
    public override EvaluatedExamples Select(ReadOnlySpan<int> indices) =>
        new ClassifiedExamples(SelectRows(_logits, Classes, indices), SelectRows(_labels, 1, indices), Classes);
}
