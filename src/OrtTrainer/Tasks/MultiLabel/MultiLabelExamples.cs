using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.MultiLabel;

/// <summary>
/// Logits and labels of a multi-label task; a label is predicted where its probability is above one half.
/// </summary>
internal sealed class MultiLabelExamples : EvaluatedExamples, IScoredExamples
{
    private readonly double[] _logits;
    private readonly bool[] _labels;
    private readonly int _labelCount;

    /// <summary>Keeps both arrays.</summary>
    /// <param name="logits">[N, K].</param>
    /// <param name="labels">[N, K], true where the label holds.</param>
    /// <param name="labelCount">K, 1 or more.</param>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public MultiLabelExamples(double[] logits, bool[] labels, int labelCount)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(labelCount, 1);
        if (logits.Length != labels.Length || labels.Length % labelCount != 0)
        {
            throw new ArgumentException(
                $"There are {logits.Length} logits for {labels.Length} labels; expected as many, in rows of " +
                $"{labelCount}.");
        }

        (_logits, _labels, _labelCount) = (logits, labels, labelCount);
    }

    /// <inheritdoc/>
    public override int Count => _labels.Length / _labelCount;

    /// <summary>Yes or no of every label: sigmoid(z) is the softmax of (0, z).</summary>
    public override ClassifiedExamples Decisions => new(
        [.. _logits.SelectMany(logit => new[] { 0, logit })], Array.ConvertAll(_labels, yes => yes ? 1 : 0),
        classes: 2);

    /// <summary>Hits and misses by label.</summary>
    public LabelCounts Counts() => new(_labels, Array.ConvertAll(_logits, logit => logit > 0), _labelCount);

    /// <summary>Whether a label holds, counted example by example.</summary>
    public bool Applies(int decision) => _labels[decision];

    /// <summary>Each decision on a label, [N x K]: whether it is right, and its probability.</summary>
    public IEnumerable<(bool IsRight, double Confidence)> Certainties() => _logits.Select((logit, i) =>
        ((logit > 0) == _labels[i], 1 / (1 + Math.Exp(-Math.Abs(logit)))));

    /// <inheritdoc/>
    public double[] ScoreRows() => Array.ConvertAll(_logits, logit => 1 / (1 + Math.Exp(-logit)));

    /// <inheritdoc/>
    public EvaluatedExamples Join(IReadOnlyList<EvaluatedExamples> parts)
    {
        MultiLabelExamples[] all = [.. parts.Cast<MultiLabelExamples>()];
        return new MultiLabelExamples(
            [.. all.SelectMany(part => part._logits)], [.. all.SelectMany(part => part._labels)], _labelCount);
    }

    /// <inheritdoc/>
    public override bool[] Right()
    {
        bool[] right = new bool[Count];
        Array.Fill(right, true);
        for (int i = 0; i < _labels.Length; i++)
        {
            right[i / _labelCount] &= _labels[i] == (_logits[i] > 0);
        }

        return right;
    }

    /// <inheritdoc/>
    public override EvaluatedExamples Select(ReadOnlySpan<int> indices) =>
        new MultiLabelExamples(
            SelectRows(_logits, _labelCount, indices), SelectRows(_labels, _labelCount, indices), _labelCount);
}
