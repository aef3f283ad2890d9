using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>Adafactor's step for one tensor; sums are float64 in element order.</summary>
/// <param name="segment">The tensor; a matrix if it has more than one row of its column count.</param>
/// <param name="momentOffset">Index of its first moment in the state.</param>
internal sealed class AdafactorTensor(WeightSegment segment, int momentOffset)
{
    private readonly int _columns = segment.Columns;
    private readonly int _rows = segment.Columns > 0 ? segment.Length / segment.Columns : 0;

    public WeightSegment Segment => segment;

    /// <summary>One moment per row and column of a matrix, one per element of a vector.</summary>
    public int MomentCount => IsMatrix ? _rows + _columns : segment.Length;

    private bool IsMatrix => segment.Columns != segment.Length;

    public void Step(
        AdafactorOptions options,
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        Span<float> state,
        (double Rate, double Scale, long Number) step)
    {
        if (weights.IsEmpty)
        {
            return;
        }

        var moments = state.Slice(momentOffset, MomentCount);
        var share = Math.Pow(step.Number, options.Beta2Decay);
        var size = Math.Max(options.Epsilon2, RootMeanSquare(weights));
        var rate = size * Math.Min(step.Rate, 1 / Math.Sqrt(step.Number));
        // As in PyTorch, the size above is that of the weights before their decay.
        var keep = segment.HasWeightDecay ? 1 - (step.Rate * options.WeightDecay) : 1;
        UpdateMoments(moments, gradients, share, step.Scale);
        var rowMean = IsMatrix ? Math.Max(Mean(moments[.._rows]), options.Epsilon1) : 1;
        var squares = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            var update = UpdateOf(i, moments, rowMean, gradients, step.Scale, options);
            squares += update * update;
        }

        var clip = Math.Max(1, Math.Sqrt(squares / weights.Length) / options.UpdateClipping);
        for (var i = 0; i < weights.Length; i++)
        {
            var update = UpdateOf(i, moments, rowMean, gradients, step.Scale, options);
            weights[i] = (float)((weights[i] * keep) - (rate / clip * update));
        }
    }

    private void UpdateMoments(Span<float> moments, ReadOnlySpan<float> gradients, double share, double scale)
    {
        if (!IsMatrix)
        {
            for (var i = 0; i < gradients.Length; i++)
            {
                var gradient = gradients[i] * scale;
                moments[i] = (float)(moments[i] + (share * ((gradient * gradient) - moments[i])));
            }

            return;
        }

        for (var row = 0; row < _rows; row++)
        {
            Blend(ref moments[row], MeanSquare(gradients, row * _columns, 1, _columns, scale), share);
        }

        for (var column = 0; column < _columns; column++)
        {
            Blend(ref moments[_rows + column], MeanSquare(gradients, column, _columns, _rows, scale), share);
        }
    }

    private double UpdateOf(
        int index,
        ReadOnlySpan<float> moments,
        double rowMean,
        ReadOnlySpan<float> gradients,
        double scale,
        AdafactorOptions options)
    {
        var variance = IsMatrix
            ? moments[index / _columns] * (double)moments[_rows + (index % _columns)] / rowMean
            : moments[index];
        return gradients[index] * scale / Math.Sqrt(Math.Max(variance, options.Epsilon1 * options.Epsilon1));
    }

    private static void Blend(ref float moment, double value, double share) =>
        moment = (float)(moment + (share * (value - moment)));

    private static double MeanSquare(ReadOnlySpan<float> values, int first, int stride, int count, double scale)
    {
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            var value = values[first + (i * stride)] * scale;
            sum += value * value;
        }

        return sum / count;
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static double RootMeanSquare(ReadOnlySpan<float> values) =>
        Math.Sqrt(MeanSquare(values, 0, 1, values.Length, 1));
}
