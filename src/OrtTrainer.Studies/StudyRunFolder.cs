using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>
/// The folder of one run of a study, from outside: how far the run is, and what came out. The files of the run itself
/// are the truth; only why it failed is kept by the study, beside the folder.
/// </summary>
internal sealed class StudyRunFolder(string path)
{
    private static readonly string[] Traces = ["lock", ".options.json.partial"];

    public string Path => path;

    /// <summary>Held by the process that runs, from before it makes the folder.</summary>
    public string LockFile => path + ".lock";

    /// <summary>Whether it has begun: its options are there.</summary>
    public bool IsBegun => File.Exists(RunFolder.OptionsFileOf(path));

    /// <summary>Whether it came to its end.</summary>
    public bool IsDone => File.Exists(SummaryFile);

    /// <summary>Changes whenever the run's state does; the same stamp means the same content.</summary>
    public string Stamp
    {
        get
        {
            FileInfo file = new(IsDone ? SummaryFile : FailureFile);
            return file.Exists ? $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}" : "";
        }
    }

    private string SummaryFile => RunFolder.SummaryFileOf(path);

    private string MetricsFile => System.IO.Path.Combine(path, "run", "metrics.jsonl");

    private string FailureFile => path + ".failed.json";

    /// <summary>What the run was started with.</summary>
    public FineTuneOptions ReadOptions() => FineTuneOptions.Read(RunFolder.OptionsFileOf(path));

    /// <summary>The summary of a run that is done.</summary>
    /// <exception cref="RunException">It is damaged.</exception>
    public RunSummary ReadSummary() => RunSummary.Read(path);

    /// <summary>Whether a file of evaluations is there.</summary>
    public bool HasCurve => File.Exists(MetricsFile);

    /// <summary>The evaluations of a run that is done or waits, in order.</summary>
    /// <exception cref="RunException">The file that has them is missing or damaged.</exception>
    public IReadOnlyList<EvaluationPoint> ReadCurve()
    {
        List<EvaluationPoint> points = [];
        int number = 0;
        try
        {
            foreach (string line in File.ReadLines(MetricsFile))
            {
                number++;
                if (line.Contains("\"eval\"", StringComparison.Ordinal))
                {
                    (long step, EvaluationPair eval) =
                        JsonSerializer.Deserialize<EvaluationLine>(line, RunJson.Options)!;
                    points.Add(new EvaluationPoint(step, eval.Live, eval.Averaged));
                }
            }
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RunException(
                $"{MetricsFile}, line {number}: not the evaluations of a run: {cause.Message} Restore the file, or " +
                "remove the run's folder, so that it runs again.",
                cause);
        }

        return points;
    }

    /// <summary>Why the run failed; null where it did not.</summary>
    /// <exception cref="StudyException">The file that says it is damaged.</exception>
    public string? ReadFailure() => File.Exists(FailureFile) ? ReadText(FailureFile) : null;

    /// <summary>Reads a file of the study that is one text in JSON.</summary>
    /// <exception cref="StudyException">It is none.</exception>
    public static string ReadText(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(File.ReadAllText(file)) ?? throw new JsonException("It is null.");
        }
        catch (JsonException malformed)
        {
            throw new StudyException(
                $"{file}: expected one text in quotes, as the study writes it: {malformed.Message} Restore the file, " +
                "or remove it.",
                malformed);
        }
    }

    public void WriteFailure(string message)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        AtomicFile.WriteText(FailureFile, JsonSerializer.Serialize(message, RunJson.Options));
    }

    public void ForgetFailure()
    {
        if (File.Exists(FailureFile))
        {
            File.Delete(FailureFile);
        }
    }

    /// <summary>
    /// Frees what a run that is done is no longer gone on with: its checkpoints, and what is not to be kept.
    /// </summary>
    public void Trim(StudyKeep keep)
    {
        string run = RunFolder.RunPathOf(path);
        if (keep == StudyKeep.Models)
        {
            string teacher = System.IO.Path.Combine(run, "teacher");
            Delete(Directory.EnumerateFiles(run, "checkpoint*.safetensors"));
            if (Directory.Exists(teacher))
            {
                new StudyRunFolder(teacher).Trim(keep);
            }

            return;
        }

        Delete(Directory.EnumerateFiles(path));
        Delete(Directory.EnumerateFiles(run).Where(file => !IsResult(file)));
        string graph = System.IO.Path.Combine(path, OnnxModelFolder.GraphFolder);
        foreach (string folder in Directory.EnumerateDirectories(run).Append(graph))
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>
    /// Removes what a process leaves that is killed between making the folder and writing its options into it. The
    /// caller holds <see cref="LockFile"/>.
    /// </summary>
    /// <exception cref="StudyException">The folder holds something else.</exception>
    public void ClearTraces()
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        string? other = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .FirstOrDefault(file => !Traces.Contains(System.IO.Path.GetFileName(file)));
        if (other is not null)
        {
            throw new StudyException($"{path}: the folder of a run that has not begun holds {other}. Move it away.");
        }

        Directory.Delete(path, recursive: true);
    }

    private bool IsResult(string file) => file == MetricsFile || file == SummaryFile
        || file == RunFolder.OptionsFileOf(path);

    private static void Delete(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            File.Delete(file);
        }
    }

    private sealed record EvaluationLine(long Step, EvaluationPair Eval);

    private sealed record EvaluationPair(
        IReadOnlyDictionary<string, double> Live, IReadOnlyDictionary<string, double>? Averaged);
}
