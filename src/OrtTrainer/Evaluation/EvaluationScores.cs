using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Evaluation;

/// <summary>Outputs of a model on a data set and their scores.</summary>
/// <param name="Logits">[N, K].</param>
/// <param name="Examples">The outputs beside the truth.</param>
/// <param name="Score">The score in the metric that decides; NaN where it is not defined.</param>
/// <param name="Values">All metrics of the task that are defined for it, and the mean <c>loss</c>, by name.</param>
public sealed record EvaluationScores(
    float[] Logits, EvaluatedExamples Examples, double Score, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>Scores logits [N, K] of the examples of a data set.</summary>
    public static EvaluationScores Of(Dataset data, float[] logits, MetricKind metric)
    {
        double[] outputs = Doubles(logits);
        EvaluatedExamples examples = Beside(data, outputs);
        Dictionary<string, double> values = new(StringComparer.Ordinal) { ["loss"] = Loss(data, outputs) };
        foreach (MetricKind kind in MetricKind.All.Where(k => k.Task == data.Task && k.IsDefinedFor(data.Outputs)))
        {
            values[kind.Name] = kind.Score(examples);
        }

        return new(logits, examples, metric.Score(examples), values);
    }

    private static EvaluatedExamples Beside(Dataset data, double[] outputs) => data.Task switch
    {
        TaskKind.Classification => new ClassifiedExamples(outputs, [.. data.LabelIds], data.Outputs),
        TaskKind.MultiLabel => new MultiLabelExamples(outputs, [.. data.Targets.Select(t => t > 0.5f)], data.Outputs),
        _ => new RegressedExamples(outputs, [.. data.Targets.Select(t => (double)t)]),
    };

    /// <summary>The mean loss, in float64: cross-entropy, binary cross-entropy over all labels, or squared
    /// error.</summary>
    private static double Loss(Dataset data, double[] outputs) => data.Task switch
    {
        TaskKind.Classification =>
            SoftmaxCrossEntropy.Loss(outputs, SoftTargets.OneHot([.. data.LabelIds], data.Outputs), default),
        TaskKind.MultiLabel => BinaryCrossEntropy.Loss(outputs, Doubles(data.Targets), default),
        _ => MeanSquaredError.Loss(outputs, Doubles(data.Targets), default),
    };

    private static double[] Doubles(IReadOnlyList<float> values) => [.. values.Select(v => (double)v)];

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
