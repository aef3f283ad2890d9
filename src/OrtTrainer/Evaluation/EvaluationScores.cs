using OrtTrainer.Common;

namespace OrtTrainer.Evaluation;

/// <summary>How a model does on a data set.</summary>
/// <param name="Examples">Its outputs beside the truth, or what is left of them: what is resampled.</param>
/// <param name="Score">The score in the metric that decides; NaN where it is not defined.</param>
/// <param name="Values">All metrics of the task that are defined for it, and the mean <c>loss</c>, by name.</param>
internal sealed record EvaluationScores(
    EvaluatedExamples Examples, double Score, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>Scores in all metrics.</summary>
    /// <param name="examples">Outputs beside the truth.</param>
    /// <param name="outputs">Values per row of the outputs, K.</param>
    /// <param name="loss">The mean loss.</param>
    /// <param name="metrics">The task's metrics.</param>
    /// <param name="deciding">That which decides.</param>
    public static EvaluationScores Of(
        EvaluatedExamples examples, int outputs, double loss, IReadOnlyList<Metric> metrics, Metric deciding)
    {
        Dictionary<string, double> values = new(StringComparer.Ordinal) { ["loss"] = loss };
        foreach (Metric metric in metrics.Where(metric => metric.IsDefinedFor(outputs)))
        {
            values[metric.Name] = metric.Score(examples);
        }

        return new(examples, deciding.Score(examples), values);
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
