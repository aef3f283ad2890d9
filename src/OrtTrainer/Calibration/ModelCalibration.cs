using System.Text.Json;
using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Evaluation;

namespace OrtTrainer.Calibration;

/// <summary>
/// What makes a model's probabilities believable and its decisions better, fitted on labeled data that it was not
/// trained on. It lies in a file of its own beside the model's, which other programs do not look at: they get the
/// model's own probabilities.
/// </summary>
internal sealed record ModelCalibration
{
    /// <summary>The file's name.</summary>
    public const string FileName = "calibration.json";

    /// <summary>What logits are divided by, above 0.</summary>
    public double Temperature { get; init => field = OptionRange.Above(value, 0); } = 1;

    /// <summary>Whether a temperature was looked for and none fits the data, so that it stays 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NothingFits { get; init; }

    /// <summary>The least probability, at the temperature, of labels whose threshold was tuned; null where none
    /// was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Thresholds { get; init; }

    /// <summary>What it changes on the data that it was fitted on.</summary>
    public CalibrationScores? Fitted { get; init; }

    /// <summary>What it changes on test data; null without any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CalibrationScores? Test { get; init; }

    /// <summary>Fits one.</summary>
    /// <param name="decisions">The model's outputs on labeled data.</param>
    /// <param name="labels">The model's labels, in its order.</param>
    /// <param name="scales">Whether a temperature is fitted.</param>
    /// <param name="tunesThresholds">Whether thresholds of labels are tuned.</param>
    /// <returns>The calibration; its temperature is 1 where none could be fitted.</returns>
    public static ModelCalibration Fit(
        ClassifiedExamples decisions, IReadOnlyList<string> labels, bool scales, bool tunesThresholds)
    {
        double? temperature = scales ? TemperatureFit.Of(decisions) : null;
        ModelCalibration fitted = new() { Temperature = temperature ?? 1, NothingFits = scales && temperature is null };
        fitted = tunesThresholds ? fitted with { Thresholds = Tuned(decisions, labels, fitted.Temperature) } : fitted;
        return fitted with { Fitted = CalibrationScores.Of(decisions, fitted, labels) };
    }

    /// <summary>The calibration of a model's folder; null where it has none.</summary>
    /// <exception cref="RunException">The file is malformed.</exception>
    public static ModelCalibration? Find(string folder)
    {
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ModelCalibration>(File.ReadAllText(file), RunJson.Options)
                ?? throw new JsonException("null in place of an object.");
        }
        catch (Exception cause) when (cause is JsonException or IOException or ArgumentException)
        {
            throw new RunException(
                $"{file}: the calibration cannot be read: {cause.Message} Fit it anew, or remove the file.", cause);
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Write(string folder) => AtomicFile.WriteText(
        Path.Combine(folder, FileName), JsonSerializer.Serialize(this, RunJson.Indented) + "\n");

    /// <summary>A threshold for every label, the usual one for those it was not tuned for; null where none was tuned.
    /// </summary>
    /// <param name="labels">The model's labels, in its order.</param>
    public double[]? ThresholdsOf(IReadOnlyList<string> labels) => Thresholds is null
        ? null
        : [.. labels.Select(label => Thresholds.GetValueOrDefault(label, ThresholdSweep.Usual))];

    /// <summary>Outputs at the temperature.</summary>
    public float[] Scaled(ReadOnlySpan<float> outputs)
    {
        float[] scaled = new float[outputs.Length];
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] = (float)(outputs[i] / Temperature);
        }

        return scaled;
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);

    private static Dictionary<string, double> Tuned(
        ClassifiedExamples decisions, IReadOnlyList<string> labels, double temperature)
    {
        double[] scores = CalibrationScores.ScoresOf(decisions, temperature);
        int[] truth = decisions.Labels.ToArray();
        Dictionary<string, double> tuned = new(StringComparer.Ordinal);
        for (int label = 0; label < labels.Count; label++)
        {
            int first = label;
            int[] at = [.. Enumerable.Range(0, scores.Length).Where(i => i % labels.Count == first)];
            if (ThresholdSweep.Of(
                Array.ConvertAll(at, i => truth[i] == 1), Array.ConvertAll(at, i => scores[i])) is { } threshold)
            {
                tuned[labels[label]] = threshold;
            }
        }

        return tuned;
    }
}
