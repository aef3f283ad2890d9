using System.Text.Json.Serialization;
using OrtTrainer.Evaluation;

namespace OrtTrainer.Calibration;

/// <summary>What a calibration changes on a data set.</summary>
internal sealed record CalibrationScores
{
    /// <summary>Decisions scored: rows, rows times labels, or words.</summary>
    public required long Decisions { get; init; }

    /// <summary>Expected calibration error in 15 bins with the model's own probabilities; see
    /// <see cref="Reliability"/>.</summary>
    public required double ErrorBefore { get; init; }

    /// <summary>Expected calibration error of probabilities at the temperature.</summary>
    public required double ErrorAfter { get; init; }

    /// <summary>Mean negative log-likelihood in nats with the model's own probabilities.</summary>
    public required double LossBefore { get; init; }

    /// <summary>Mean negative log-likelihood in nats at the temperature.</summary>
    public required double LossAfter { get; init; }

    /// <summary>F1 over all decisions at the usual threshold; null where thresholds are not tuned.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MicroF1Before { get; init; }

    /// <summary>F1 over all decisions at the tuned thresholds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MicroF1After { get; init; }

    /// <summary>Mean F1 of the labels at the usual threshold.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MacroF1Before { get; init; }

    /// <summary>Mean F1 of the labels at the tuned thresholds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MacroF1After { get; init; }

    /// <summary>Scores a data set with and without a calibration.</summary>
    /// <param name="decisions">The model's outputs on it.</param>
    /// <param name="calibration">Temperature and thresholds.</param>
    /// <param name="labels">The model's labels, in its order.</param>
    public static CalibrationScores Of(
        ClassifiedExamples decisions, ModelCalibration calibration, IReadOnlyList<string> labels)
    {
        CalibrationScores scores = new()
        {
            Decisions = decisions.Count,
            ErrorBefore = ErrorOf(decisions, 1),
            ErrorAfter = ErrorOf(decisions, calibration.Temperature),
            LossBefore = TemperatureFit.Loss(decisions, 1),
            LossAfter = TemperatureFit.Loss(decisions, calibration.Temperature),
        };
        if (calibration.Thresholds is null)
        {
            return scores;
        }

        LabelCounts before = CountsOf(decisions, 1, [.. labels.Select(_ => ThresholdSweep.Usual)]);
        LabelCounts after = CountsOf(
            decisions, calibration.Temperature, calibration.ThresholdsOf(labels)!);
        return scores with
        {
            MicroF1Before = before.MicroF1,
            MicroF1After = after.MicroF1,
            MacroF1Before = before.MacroF1,
            MacroF1After = after.MacroF1,
        };
    }

    /// <summary>The probability of a label in each decision between yes and no.</summary>
    internal static double[] ScoresOf(ClassifiedExamples decisions, double temperature)
    {
        double[] scores = new double[decisions.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            double logit = decisions.Logits[(2 * i) + 1] - decisions.Logits[2 * i];
            scores[i] = 1 / (1 + Math.Exp(-logit / temperature));
        }

        return scores;
    }

    private static LabelCounts CountsOf(ClassifiedExamples decisions, double temperature, double[] thresholds)
    {
        double[] scores = ScoresOf(decisions, temperature);
        bool[] predicted = [.. scores.Select((score, i) => score >= thresholds[i % thresholds.Length])];
        return new LabelCounts(
            Array.ConvertAll(decisions.Labels.ToArray(), label => label == 1), predicted, thresholds.Length);
    }

    private static double ErrorOf(ClassifiedExamples decisions, double temperature)
    {
        ClassifiedExamples scaled = temperature == 1
            ? decisions
            : new ClassifiedExamples(
                Array.ConvertAll(decisions.Logits.ToArray(), logit => logit / temperature),
                decisions.Labels.ToArray(), decisions.Classes);
        return ProbabilityScores.CalibrationError(decisions.Labels, scaled.Probabilities(), decisions.Classes);
    }
}
