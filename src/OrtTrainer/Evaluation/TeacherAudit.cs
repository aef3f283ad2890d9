using OrtTrainer.Common;
using System.Text.Json.Serialization;

namespace OrtTrainer.Evaluation;

/// <summary>
/// What a student would learn from a teacher, beside what the data say. Of data the teacher itself was trained on, the
/// figures flatter it. What a task does not have is null. A multi-label task counts as N x K decisions between two
/// classes.
/// </summary>
internal sealed record TeacherAudit
{
    /// <summary>From this probability on, a wrong target is a confident one.</summary>
    public const double Confident = 0.9;

    /// <summary>The name of the task.</summary>
    public required string Task { get; init; }

    /// <summary>Rows, N.</summary>
    public required int Rows { get; init; }

    /// <summary>What the decisions are, in words.</summary>
    [JsonIgnore]
    public string Decisions { get; init; } = "labels";

    /// <summary>Share of the decisions that agree with the labels, in [0, 1].</summary>
    public double? Accuracy { get; init; }

    /// <summary>Expected calibration error in 15 bins, in [0, 1]; see <see cref="Reliability"/>.</summary>
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

    /// <summary>Tokens of a vocabulary: e to the power of the mean cross-entropy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Perplexity { get; init; }

    /// <summary>Regression: mean squared difference from the numbers of the data.</summary>
    public double? MeanSquaredError { get; init; }

    /// <summary>Regression: Pearson's correlation with them, null where it is not defined.</summary>
    public double? Pearson { get; init; }

    /// <summary>Regression: Spearman's correlation with them, null where it is not defined.</summary>
    public double? Spearman { get; init; }

    /// <summary>Compares a teacher's decisions with the truth.</summary>
    /// <param name="task">The name of the task.</param>
    /// <param name="rows">Rows, N.</param>
    /// <param name="examples">The decisions: one per row, or one per row and label.</param>
    public static TeacherAudit OfDecisions(string task, int rows, ClassifiedExamples examples)
    {
        double[] probabilities = examples.Probabilities();
        int[] labels = examples.Labels.ToArray();
        return OfDistributions(task, rows, labels.Select((label, i) =>
            (probabilities[(i * examples.Classes)..((i + 1) * examples.Classes)], label)));
    }

    /// <summary>Compares a teacher's decisions with the truth.</summary>
    /// <param name="task">The name of the task.</param>
    /// <param name="rows">Rows, N.</param>
    /// <param name="decisions">What it gives to each class, and the right one.</param>
    public static TeacherAudit OfDistributions(
        string task, int rows, IEnumerable<(double[] Probabilities, int Label)> decisions)
    {
        List<(bool IsRight, double Confidence)> made = [];
        (double confidence, double entropy, int right, int confidentlyWrong) = (0, 0, 0, 0);
        foreach ((double[] row, int label) in decisions)
        {
            int decision = ProbabilityScores.Argmax(row);
            made.Add((decision == label, row[decision]));
            confidence += row[decision];
            right += decision == label ? 1 : 0;
            confidentlyWrong += decision != label && row[decision] >= Confident ? 1 : 0;
            foreach (double p in row)
            {
                entropy -= p > 0 ? p * Math.Log(p) : 0;
            }
        }

        double count = made.Count;
        return new TeacherAudit
        {
            Task = task,
            Rows = rows,
            Accuracy = right / count,
            CalibrationError = new Reliability(made).ExpectedError,
            MeanConfidence = confidence / count,
            MeanEntropy = entropy / count,
            ConfidentlyWrong = confidentlyWrong / count,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
