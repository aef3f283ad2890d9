using System.Text.Json;
using OrtTrainer.Common;

namespace OrtTrainer.RunReports;

/// <summary>The steps of a run as metrics.jsonl has them, so many together that a chart can show them.</summary>
internal sealed class RunHistory
{
    private const int MostPoints = 200;

    private static readonly string[] PartFields = ["label_loss", "teacher_loss", "penalty_loss", "intermediate_loss"];

    private RunHistory(IReadOnlyList<StepMeans> steps) => Steps = steps;

    /// <summary>The names of the parts of a loss, in the order of <see cref="StepMeans.Parts"/>.</summary>
    public static IReadOnlyList<string> PartNames { get; } = ["labels", "teacher", "penalty", "layers"];

    /// <summary>Means over neighboring steps, in order.</summary>
    public IReadOnlyList<StepMeans> Steps { get; }

    /// <summary>Reads the file line by line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="steps">Optimizer steps in it.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="RunException">A line is malformed.</exception>
    public static RunHistory Read(string path, long steps)
    {
        long together = Math.Max(1, (steps + MostPoints - 1) / MostPoints);
        List<StepMeans> means = [];
        List<JsonElement> some = [];
        foreach (string line in File.ReadLines(path))
        {
            JsonElement step = Parse(line, path);
            if (step.TryGetProperty("eval", out _))
            {
                continue;
            }

            some.Add(step);
            if (some.Count == together)
            {
                means.Add(MeansOf(some));
                some.Clear();
            }
        }

        if (some.Count > 0)
        {
            means.Add(MeansOf(some));
        }

        return new RunHistory(means);
    }

    private static JsonElement Parse(string line, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException malformed)
        {
            throw new RunException($"{path}: a line is not JSON: {malformed.Message}", malformed);
        }
    }

    private static StepMeans MeansOf(List<JsonElement> steps) => new(
        steps[^1].GetProperty("step").GetInt64(), Mean(steps, "loss"),
        [.. PartFields.Select(field => Mean(steps, field))], Mean(steps, "learning_rate"));

    // Numbers that are none are null in JSON.
    private static double Mean(List<JsonElement> steps, string field) => steps
        .Select(step => step.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : double.NaN)
        .Average();
}

/// <summary>Some neighboring steps together.</summary>
/// <param name="Step">The last of them.</param>
/// <param name="Loss">Their mean loss.</param>
/// <param name="Parts">The means of its parts.</param>
/// <param name="LearningRate">Their mean rate.</param>
internal sealed record StepMeans(long Step, double Loss, IReadOnlyList<double> Parts, double LearningRate);
