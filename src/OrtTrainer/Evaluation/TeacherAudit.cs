using OrtTrainer.Data;
using OrtTrainer.Evaluation;

namespace OrtTrainer.Distillation;

/// <summary>
/// What a student would learn from a teacher, beside what the data say. Of data the teacher itself was trained on, the
/// figures flatter it. What a task does not have is null. A multi-label task counts as N x K decisions between two
/// classes.
/// </summary>
public sealed record TeacherAudit
{
    /// <summary>From this probability on, a wrong target is a confident one.</summary>
    public const double Confident = 0.9;

    /// <summary>The task.</summary>
    public required TaskKind Task { get; init; }

    /// <summary>Rows, N.</summary>
    public required int Rows { get; init; }

    /// <summary>Share of the decisions that agree with the labels, in [0, 1].</summary>
    public double? Accuracy { get; init; }

    /// <summary>Expected calibration error in 15 bins, in [0, 1]; see <see cref="ProbabilityScores"/>.</summary>
    public double? CalibrationError { get; init; }

    /// <summary>Mean probability of what the teacher decides for.</summary>
    public double? MeanConfidence { get; init; }

    /// <summary>
    /// Mean entropy of the teacher's probabilities, in nats: 0 where its targets are as hard as labels.
    /// </summary>
    public double? MeanEntropy { get; init; }

    /// <summary>
    /// Share of all decisions that are wrong with a probability of <see cref="Confident"/> or more: targets that pull a
    /// student away from the labels.
    /// </summary>
    public double? ConfidentlyWrong { get; init; }

    /// <summary>Label by label, in the student's order; empty for regression.</summary>
    public IReadOnlyList<LabelAudit> Labels { get; init; } = [];

    /// <summary>Regression: mean squared difference from the numbers of the data.</summary>
    public double? MeanSquaredError { get; init; }

    /// <summary>Regression: Pearson's correlation with them, null where it is not defined.</summary>
    public double? Pearson { get; init; }

    /// <summary>Regression: Spearman's correlation with them, null where it is not defined.</summary>
    public double? Spearman { get; init; }

    /// <summary>Compares logits with labels.</summary>
    /// <param name="logits">[N, K], in the order of the data's labels.</param>
    /// <param name="data">The examples, N of them.</param>
    /// <exception cref="ArgumentException">There are not N x K logits.</exception>
    public static TeacherAudit Of(ReadOnlySpan<float> logits, Dataset data)
    {
        if (logits.Length != (long)data.Count * data.Outputs)
        {
            throw new ArgumentException($"There are {logits.Length} logits for {data.Count} examples of " +
                $"{data.Outputs} outputs; expected {(long)data.Count * data.Outputs}.", nameof(logits));
        }

        double[] values = new double[logits.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = logits[i];
        }

        return data.Task switch
        {
            TaskKind.Classification => OfClasses(values, data),
            TaskKind.MultiLabel => OfManyLabels(values, data),
            _ => OfNumbers(values, data),
        };
    }

    private static TeacherAudit OfClasses(double[] logits, Dataset data)
    {
        ClassifiedExamples examples = new(logits, [.. data.LabelIds], data.Outputs);
        int[] predictions = examples.Predictions();
        return OfDecisions(examples, data) with
        {
            Labels = [.. data.Labels!.Names.Select((name, label) =>
            {
                int rows = data.LabelIds.Count(id => id == label);
                int hits = data.LabelIds.Where((id, row) => id == label && predictions[row] == label).Count();
                return new LabelAudit(
                    name, rows, predictions.Count(p => p == label), Defined((double)hits / rows));
            })],
        };
    }

    /// <summary>sigmoid(z) is the softmax of (0, z): each decision becomes an example of two classes.</summary>
    private static TeacherAudit OfManyLabels(double[] logits, Dataset data)
    {
        int[] applies = [.. data.Targets.Select(target => target > 0.5f ? 1 : 0)];
        ClassifiedExamples decisions = new([.. logits.SelectMany(z => new[] { 0, z })], applies, classes: 2);
        int[] predictions = decisions.Predictions();
        return OfDecisions(decisions, data) with
        {
            Labels = [.. data.Labels!.Names.Select((name, label) =>
            {
                int[] at = [.. Enumerable.Range(0, data.Count).Select(row => (row * data.Outputs) + label)];
                double agreeing = at.Count(i => applies[i] == predictions[i]);
                return new LabelAudit(
                    name, at.Sum(i => applies[i]), at.Sum(i => predictions[i]), agreeing / data.Count);
            })],
        };
    }

    private static TeacherAudit OfDecisions(ClassifiedExamples examples, Dataset data)
    {
        double[] probabilities = examples.Probabilities();
        ReadOnlySpan<int> labels = examples.Labels;
        (double confidence, double entropy, int right, int confidentlyWrong) = (0, 0, 0, 0);
        for (int i = 0; i < examples.Count; i++)
        {
            ReadOnlySpan<double> row = probabilities.AsSpan(i * examples.Classes, examples.Classes);
            int decision = ProbabilityScores.Argmax(row);
            confidence += row[decision];
            right += decision == labels[i] ? 1 : 0;
            confidentlyWrong += decision != labels[i] && row[decision] >= Confident ? 1 : 0;
            foreach (double p in row)
            {
                entropy -= p > 0 ? p * Math.Log(p) : 0;
            }
        }

        double count = examples.Count;
        return new TeacherAudit
        {
            Task = data.Task,
            Rows = data.Count,
            Accuracy = right / count,
            CalibrationError = ProbabilityScores.CalibrationError(labels, probabilities, examples.Classes),
            MeanConfidence = confidence / count,
            MeanEntropy = entropy / count,
            ConfidentlyWrong = confidentlyWrong / count,
        };
    }

    private static TeacherAudit OfNumbers(double[] predictions, Dataset data)
    {
        double[] targets = [.. data.Targets.Select(target => (double)target)];
        return new TeacherAudit
        {
            Task = data.Task,
            Rows = data.Count,
            MeanSquaredError = Correlation.MeanSquaredError(predictions, targets),
            Pearson = Defined(Correlation.Pearson(predictions, targets)),
            Spearman = Defined(Correlation.Spearman(predictions, targets)),
        };
    }

    private static double? Defined(double value) => double.IsNaN(value) ? null : value;
}
