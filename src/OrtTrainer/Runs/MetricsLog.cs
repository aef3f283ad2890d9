using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>
/// metrics.jsonl: a line per step and per evaluation. A resumed run first drops the lines of what its checkpoint does not know,
/// which it does again.
/// </summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly StreamWriter _writer;

    /// <param name="path">The file.</param>
    /// <param name="step">Steps done already; lines of later ones are dropped.</param>
    /// <param name="evaluatedStep">The step of the last evaluation done already; later ones are dropped.</param>
    public MetricsLog(string path, long step, long evaluatedStep)
    {
        IEnumerable<string> kept = File.Exists(path)
            ? File.ReadLines(path).Where(line => IsKept(line, step, evaluatedStep))
            : [];
        AtomicFile.WriteText(path, string.Concat(kept.Select(line => line + "\n")));
        _writer = new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" };
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

    /// <summary>False for a line that a killed process left unfinished, too.</summary>
    private static bool IsKept(string line, long step, long evaluatedStep)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            return root.GetProperty("step").GetInt64() <= (root.TryGetProperty("eval", out _) ? evaluatedStep : step);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }
    }
}
