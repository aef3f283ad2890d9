using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// Targets of a classification loss as distributions: plain labels, label smoothing, teacher-free regularization and
/// distillation are one loss with different targets. Every row has a weight; losses are weighted means over the rows.
/// </summary>
internal sealed class SoftTargets
{
    /// <summary>The label that leaves a row out, as PyTorch's default.</summary>
    public const int IgnoredLabel = CategoricalTargets.Ignored;

    private readonly double[] _values;
    private readonly double[] _weights;

    private SoftTargets(double[] values, double[] weights, int classes)
    {
        (_values, _weights, Classes) = (values, weights, classes);
        TotalWeight = weights.Sum();
    }

    /// <summary>Rows, ignored ones included.</summary>
    public int Rows => _weights.Length;

    /// <summary>Classes K.</summary>
    public int Classes { get; }

    /// <summary>The sum of the rows' weights: what losses are divided by. 0 if every row is ignored.</summary>
    public double TotalWeight { get; }

    /// <summary>The distribution of one row, [K]; all zero if the row is ignored.</summary>
    public ReadOnlySpan<double> Row(int row) => _values.AsSpan(row * Classes, Classes);

    /// <summary>The weight of one row; 0 if it is ignored.</summary>
    public double Weight(int row) => _weights[row];

    /// <summary>All of the target on the label.</summary>
    /// <param name="labels">[B], from 0 to K - 1, or <see cref="IgnoredLabel"/>.</param>
    /// <param name="classes">K, 1 or more.</param>
    /// <param name="classWeights">Weight of a row by its label, [K], each 0 or more; empty for 1.</param>
    /// <exception cref="ArgumentException">A label is out of range; the message names its row.</exception>
    public static SoftTargets OneHot(
        ReadOnlySpan<int> labels, int classes, ReadOnlySpan<double> classWeights = default) =>
        FromLabels(labels, classes, 1, 0, classWeights);

    /// <summary>Label smoothing as PyTorch and Hugging Face define it: <c>(1 - eps) onehot + eps / K</c>.</summary>
    /// <inheritdoc cref="OneHot"/>
    /// <param name="labels">[B], from 0 to K - 1, or <see cref="IgnoredLabel"/>.</param>
    /// <param name="classes">K, 1 or more.</param>
    /// <param name="epsilon">Share of the uniform distribution, in [0, 1].</param>
    public static SoftTargets SmoothedUniform(ReadOnlySpan<int> labels, int classes, double epsilon)
    {
        OptionRange.Between(epsilon, 0, 1, nameof(epsilon));
        return FromLabels(labels, classes, 1 - epsilon + (epsilon / classes), epsilon / classes, []);
    }

    /// <summary>
    /// Label smoothing as fairseq and Yuan et al. (2020) define it: 1 - eps on the label, eps / (K - 1) on each other
    /// class. For two classes it is twice as strong as the uniform kind. It is also the virtual teacher of
    /// teacher-free regularization, with eps = 1 - A.
    /// </summary>
    /// <param name="labels">[B], from 0 to K - 1, or <see cref="IgnoredLabel"/>.</param>
    /// <param name="classes">K, 2 or more.</param>
    /// <param name="epsilon">Share of the other classes, in [0, 1].</param>
    public static SoftTargets SmoothedOthers(ReadOnlySpan<int> labels, int classes, double epsilon)
    {
        OptionRange.Between(epsilon, 0, 1, nameof(epsilon));
        OptionRange.AtLeast(classes, 2, nameof(classes));
        return FromLabels(labels, classes, 1 - epsilon, epsilon / (classes - 1), []);
    }

    /// <summary>The softmax of a teacher's logits at a temperature.</summary>
    /// <param name="logits">[B, K], row by row.</param>
    /// <param name="classes">K.</param>
    /// <param name="temperature">Divides the logits; above 0.</param>
    public static SoftTargets FromLogits(ReadOnlySpan<double> logits, int classes, double temperature = 1)
    {
        var rows = Softmax.Rows(logits.Length, classes);
        var values = new double[logits.Length];
        for (var row = 0; row < rows; row++)
        {
            Softmax.LogProbabilities(
                logits.Slice(row * classes, classes), temperature, values.AsSpan(row * classes, classes));
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.Exp(values[i]);
        }

        return new SoftTargets(values, [.. Enumerable.Repeat(1.0, rows)], classes);
    }

    /// <summary><c>(1 - share) this + share other</c>, with the row weights of this.</summary>
    /// <exception cref="ArgumentException">Rows or classes differ.</exception>
    public SoftTargets Mix(double share, SoftTargets other)
    {
        ArgumentNullException.ThrowIfNull(other);
        OptionRange.Between(share, 0, 1, nameof(share));
        if ((other.Rows, other.Classes) != (Rows, Classes))
        {
            throw new ArgumentException(
                $"Targets [{Rows}, {Classes}] cannot be mixed with [{other.Rows}, {other.Classes}].");
        }

        return new SoftTargets(
            [.. _values.Zip(other._values, (a, b) => ((1 - share) * a) + (share * b))], _weights, Classes);
    }

    /// <summary>The distributions at a temperature: proportional to the power 1 / temperature.</summary>
    public SoftTargets Tempered(double temperature)
    {
        OptionRange.Above(temperature, 0, nameof(temperature));
        var values = Array.ConvertAll(_values, value => Math.Pow(value, 1 / temperature));
        for (var row = 0; row < Rows; row++)
        {
            var sum = values.AsSpan(row * Classes, Classes).ToArray().Sum();
            foreach (ref var value in values.AsSpan(row * Classes, Classes))
            {
                value = sum > 0 ? value / sum : 0;
            }
        }

        return new SoftTargets(values, _weights, Classes);
    }

    /// <summary>
    /// The weighted mean entropy of the rows, in nats: what cross-entropy exceeds the KL divergence by.
    /// </summary>
    public double Entropy()
    {
        var sum = 0.0;
        for (var row = 0; row < Rows; row++)
        {
            sum += _weights[row] * RowEntropy(row);
        }

        return TotalWeight > 0 ? sum / TotalWeight : 0;
    }

    /// <summary>The entropy of one row, in nats.</summary>
    public double RowEntropy(int row)
    {
        var sum = 0.0;
        foreach (var value in Row(row))
        {
            sum -= value > 0 ? value * Math.Log(value) : 0;
        }

        return sum;
    }

    /// <summary>All rows in float32, [B, K].</summary>
    public float[] ToFloats() => Array.ConvertAll(_values, value => (float)value);

    /// <summary>
    /// What makes the cross-entropy with each row a divergence when it is added, in float32, [B].
    /// </summary>
    public float[] NegativeEntropies() => [.. Enumerable.Range(0, Rows).Select(row => (float)-RowEntropy(row))];

    /// <summary>The weights of all rows in float32, [B].</summary>
    public float[] ToWeights() => Array.ConvertAll(_weights, weight => (float)weight);

    private static SoftTargets FromLabels(
        ReadOnlySpan<int> labels, int classes, double onLabel, double onOthers, ReadOnlySpan<double> classWeights)
    {
        OptionRange.AtLeast(classes, 1, nameof(classes));
        if (!classWeights.IsEmpty && classWeights.Length != classes)
        {
            throw new ArgumentException(
                $"There are {classWeights.Length} class weights for {classes} classes.", nameof(classWeights));
        }

        var values = new double[labels.Length * classes];
        var weights = new double[labels.Length];
        for (var row = 0; row < labels.Length; row++)
        {
            var label = labels[row];
            if (label == IgnoredLabel)
            {
                continue;
            }

            if (label < 0 || label >= classes)
            {
                throw new ArgumentException(
                    $"Row {row} has label {label}; expected 0 to {classes - 1}, or {IgnoredLabel} to leave it out.",
                    nameof(labels));
            }

            values.AsSpan(row * classes, classes).Fill(onOthers);
            values[(row * classes) + label] = onLabel;
            weights[row] = classWeights.IsEmpty
                ? 1
                : OptionRange.AtLeast(classWeights[label], 0.0, nameof(classWeights));
        }

        return new SoftTargets(values, weights, classes);
    }
}
