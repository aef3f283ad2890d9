using OrtTrainer.Common;

namespace OrtTrainer.Evaluation;

/// <summary>
/// The uncertainty of the difference between two models on one test set, by resampling examples (Efron and Tibshirani
/// 1993, chapter 13): both models are scored on the same resample, so that what they share cancels out.
/// </summary>
internal sealed record PairedBootstrap
{
    /// <summary>Number of resamples, 1 or more.</summary>
    public int Resamples { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 1000;

    /// <summary>Probability mass of the interval, in (0, 1).</summary>
    public double Confidence { get; init => field = OptionRange.Above(OptionRange.Below(value, 0, 1), 0); } = 0.95;

    /// <summary>Scores the second model less the first, with a percentile interval.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="first">Outputs of the first model.</param>
    /// <param name="second">Outputs of the second model, for the same examples in the same order.</param>
    /// <param name="nextIndex">A random whole number from 0 to below its argument.</param>
    /// <param name="cancellation">Stops between two resamples.</param>
    /// <exception cref="ArgumentException">There are no examples, or not as many in both.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public BootstrapInterval Compare(
        Metric metric, EvaluatedExamples first, EvaluatedExamples second, Func<int, int> nextIndex,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(nextIndex);
        if (first.Count == 0 || first.Count != second.Count)
        {
            throw new ArgumentException(
                "A paired comparison needs the same examples from both models, at least one; found " +
                $"{first.Count} and {second.Count}.");
        }

        var indices = new int[first.Count];
        var differences = new List<double>(Resamples);
        for (var n = 0; n < Resamples; n++)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (ref var index in indices.AsSpan())
            {
                index = nextIndex(indices.Length);
            }

            var difference = metric.Score(second.Select(indices)) - metric.Score(first.Select(indices));
            // A resample on which the metric is not defined (one class only, say) tells nothing.
            if (!double.IsNaN(difference))
            {
                differences.Add(difference);
            }
        }

        differences.Sort();
        var tail = (1 - Confidence) / 2;
        return new BootstrapInterval(
            metric.Score(second) - metric.Score(first),
            Quantile(differences, tail),
            Quantile(differences, 1 - tail),
            differences.Count);
    }

    /// <summary>Between the two nearest order statistics in proportion, as NumPy's default; NaN of nothing.</summary>
    private static double Quantile(List<double> sorted, double share)
    {
        if (sorted.Count == 0)
        {
            return double.NaN;
        }

        var position = share * (sorted.Count - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
