using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>
/// metrics.jsonl: a line per step and per evaluation. A resumed run first drops the lines of what its checkpoint does
/// not know, which it does again.
/// </summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly FileStream _stream;

    /// <param name="path">The file.</param>
    /// <param name="step">Steps done already; lines of later ones are dropped.</param>
    /// <param name="evaluatedStep">The step of the last evaluation done already; later ones are dropped.</param>
    /// <exception cref="FileWriteException">The file cannot be written.</exception>
    public MetricsLog(string path, long step, long evaluatedStep)
    {
        IEnumerable<string> kept = File.Exists(path)
            ? File.ReadLines(path).Where(line => IsKept(line, step, evaluatedStep))
            : [];
        AtomicFile.WriteText(path, string.Concat(kept.Select(line => line + "\n")));

        // Without a buffer every line reaches the operating system at once, and is there when the process is killed.
        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <param name="report">The step.</param>
    /// <param name="seconds">How long it took.</param>
    /// <exception cref="FileWriteException">The disk is full.</exception>
    public void Write(StepReport report, double seconds) => Line(ScaledStep.Line(
        new
        {
            report.Step,
            report.Loss,
            LabelLoss = report.Terms.Labels,
            TeacherLoss = report.Terms.Teacher,
            PenaltyLoss = report.Terms.Penalty,
            IntermediateLoss = report.Terms.Intermediate,
            report.GradientNorm,
            report.LearningRate,
            report.Examples,
            report.Tokens,
            Seconds = seconds,
        },
        report));

    /// <exception cref="FileWriteException">The disk is full.</exception>
    public void Write(EvaluationPoint point) => Line(new { point.Step, Eval = new { point.Live, point.Averaged } });

    public void Dispose() => _stream.Dispose();

    private void Line<T>(T value)
    {
        try
        {
            _stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(value, RunJson.Options), (byte)'\n']);
        }
        catch (IOException cause)
        {
            throw new FileWriteException(_stream.Name, cause.Message, "Free some space and resume the run.", cause);
        }
    }

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
