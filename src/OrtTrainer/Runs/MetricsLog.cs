using System.Text.Json;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>
/// metrics.jsonl: a line per step and per evaluation. A resumed run first drops the lines of steps after its checkpoint, which it
/// does again.
/// </summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly StreamWriter _writer;

    /// <param name="path">The file.</param>
    /// <param name="step">Steps done already; later lines are dropped.</param>
    public MetricsLog(string path, long step)
    {
        string[] kept = File.Exists(path) ? [.. File.ReadLines(path).Where(line => StepOf(line) <= step)] : [];
        File.WriteAllLines(path, kept);
        _writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    /// <param name="report">The step.</param>
    /// <param name="seconds">How long it took.</param>
    public void Write(StepReport report, double seconds) => Line(new
    {
        report.Step,
        report.Loss,
        report.GradientNorm,
        report.LearningRate,
        report.Examples,
        report.Tokens,
        Seconds = seconds,
    });

    public void Write(EvaluationPoint point) => Line(new { point.Step, Eval = new { point.Live, point.Averaged } });

    public void Dispose() => _writer.Dispose();

    private void Line<T>(T value) => _writer.WriteLine(JsonSerializer.Serialize(value, RunJson.Options));

    /// <summary>The step of a line; past all steps for a line that a killed process left unfinished.</summary>
    private static long StepOf(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("step").GetInt64();
        }
        catch (JsonException)
        {
            return long.MaxValue;
        }
    }
}
