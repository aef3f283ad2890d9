using System.Globalization;
using System.Text;
using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>
/// The tables of a study as CSV, a row per run in the plan's order. Numbers have all their digits; a score that is not
/// defined is <c>nan</c>, and one that does not exist, for want of a finished run or of an average, is empty. Times,
/// which no two runs share, are in a table of their own, so that equal studies have equal tables of results.
/// </summary>
internal static class StudyTables
{
    private static readonly string[] Keys = ["model", "initialization", "task", "method", "seed"];

    /// <summary>Writes both tables.</summary>
    public static void Write(StudyFolder folder, StudyResults results)
    {
        AtomicFile.WriteText(folder.ResultsTable, ResultsTable(results, folder.Path));
        AtomicFile.WriteText(folder.CostsTable, CostsTable(results));
    }

    /// <param name="results">The runs.</param>
    /// <param name="folder">The study's folder, which messages name by a dot: it changes no result.</param>
    public static string ResultsTable(StudyResults results, string folder)
    {
        string[] metrics = [.. results.Tasks.SelectMany(task => task.Metrics).Distinct()];
        StringBuilder table = new();
        Append(table, [.. Keys, "status", "metric", "score", "live", "averaged", "steps", .. metrics, "error"]);
        foreach (StudyRun run in results.Runs)
        {
            Append(table,
            [
                .. KeysOf(run), run.Status.ToString().ToLowerInvariant(), run.Metric, Text(run.Score), Text(run.Live),
                Text(run.Averaged), run.Status == StudyRunStatus.Done ? Text(run.Steps) : "",
                .. metrics.Select(metric => run.Scores.TryGetValue(metric, out double score) ? Text(score) : ""),
                run.Error?.Replace(folder, ".", StringComparison.Ordinal) ?? "",
            ]);
        }

        return table.ToString();
    }

    public static string CostsTable(StudyResults results)
    {
        StringBuilder table = new();
        Append(table, [.. Keys, "steps", "seconds", "teacher_seconds", "folder"]);
        foreach (StudyRun run in results.Runs.Where(run => run.Status == StudyRunStatus.Done))
        {
            Append(table, [.. KeysOf(run), Text(run.Steps), Text(run.Seconds), Text(run.TeacherSeconds), run.Folder]);
        }

        return table.ToString();
    }

    private static string[] KeysOf(StudyRun run) =>
        [run.Model, run.Initialization, run.Task, run.Method, Text(run.Seed)];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double? value) => value switch
    {
        null => "",
        { } number when !double.IsFinite(number) => "nan",
        { } number => number.ToString("R", CultureInfo.InvariantCulture),
    };

    private static void Append(StringBuilder table, IEnumerable<string> fields) =>
        table.AppendJoin(',', fields.Select(CsvField.Of)).Append('\n');
}
