using OrtTrainer.Reports;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>
/// Says of which finished runs the score is not defined, such as a correlation with constant predictions, and on how
/// many pairs of seeds a verdict rests where it is not all of them. Every output takes its sentences from here.
/// </summary>
internal static class ScoreGaps
{
    /// <summary>The sentences of a whole study, each with its group's name; empty where every verdict rests on every
    /// seed.</summary>
    /// <param name="tables">The study's tables.</param>
    /// <param name="namesModels">Whether group names have the model.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<StudyTable> tables, bool namesModels) =>
    [
        .. from table in tables
           from row in table.Rows
           from sentence in (string[])[.. Of(row, table), .. Consequence(row, table)]
           select $"{table.Group.Name(namesModels)}: {sentence}",
    ];

    /// <summary>The sentences of one method in one table.</summary>
    public static IEnumerable<string> Of(MethodRow row, StudyTable table)
    {
        StudyRun[] done = [.. row.Done];
        long[] undefined = Undefined(row);
        if (undefined.Length > 0)
        {
            yield return $"{row.Method}: {table.Scale.Metric} is not defined for {undefined.Length} of " +
                $"{ResultNotes.Counted(done.Length, "finished run")} ({Seeds(undefined)}), left out here.";
        }

        if (row.Comparison is { IsPaired: true, MethodRuns.Count: int pairs }
            && pairs < Math.Max(done.Length, table.BaselineRow!.Done.Count()))
        {
            yield return $"{row.Method}: compared in pairs on the {pairs} seeds that it has in common with " +
                $"{table.Baseline} ({Seeds(row.Scores.Keys.Where(table.BaselineRow!.Scores.ContainsKey))}); the mean " +
                $"is that of all its {ReportFigures.Count(row.Scores.Count)} scores, the difference and the verdict " +
                "those of the pairs.";
        }
    }

    /// <summary>That a method could not be compared for want of defined scores, its own or the baseline's.</summary>
    private static IEnumerable<string> Consequence(MethodRow row, StudyTable table) =>
        row.Refusal is { } refusal && (Undefined(row).Length > 0 || Undefined(table.BaselineRow).Length > 0)
            ? [NotCompared(row.Method, refusal)]
            : [];

    /// <summary>Why there is no comparison.</summary>
    public static string NotCompared(string method, string refusal) => $"{method}: not compared: {refusal}.";

    private static long[] Undefined(MethodRow? row) =>
        row is null ? [] : [.. row.Done.Select(run => run.Seed).Where(seed => !row.Scores.ContainsKey(seed))];

    private static string Seeds(IEnumerable<long> seeds)
    {
        long[] all = [.. seeds.Order()];
        return $"seed{(all.Length == 1 ? "" : "s")} {string.Join(", ", all)}";
    }
}
