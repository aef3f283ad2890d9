using OrtTrainer.Reports;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>What is said in words below a table of results: how far it can be trusted, and what is missing.</summary>
internal static class ResultNotes
{
    /// <param name="table">The table.</param>
    /// <param name="hasTest">Whether its task has test data; null where that is not known.</param>
    /// <param name="endsWithBest">Whether its runs end with the step that scored best on the evaluation data.</param>
    public static IReadOnlyList<string> Of(StudyTable table, bool? hasTest, bool endsWithBest)
    {
        List<string> notes = [];
        if (Detectable(table) is { } detectable)
        {
            notes.Add(detectable);
        }

        foreach (MethodRow row in table.Rows)
        {
            notes.AddRange(OfRow(row, table));
        }

        if (hasTest == false)
        {
            notes.Add("The task has no test data: scores are those of the evaluation data" + (endsWithBest
                ? ", which also chose the step that runs end with, and are a little too good."
                : ". Nothing was chosen by them: every run is scored at its last step, and an average as such, " +
                    "better or worse than the live weights."));
        }

        return notes;
    }

    private static string? Detectable(StudyTable table)
    {
        string[] smallest =
        [
            .. table.Comparisons.Where(comparison => comparison.SmallestDetectable > 0)
                .Select(comparison => $"{comparison.Method} {table.Scale.Text(comparison.SmallestDetectable)}"),
        ];
        return smallest.Length == 0
            ? null
            : "The smallest true difference that a t test alone would find in 80 % of studies with this spread and " +
                $"as many runs: {string.Join(", ", smallest)}. Smaller ones mostly stay hidden.";
    }

    private static IEnumerable<string> OfRow(MethodRow row, StudyTable table)
    {
        if (row.Comparison?.T.Note is { } note)
        {
            yield return $"{row.Method}: {note}.";
        }

        if (row.Comparison is { IsPaired: false } unpaired)
        {
            yield return $"{row.Method}: shares no seed with {table.Baseline}, so its {unpaired.MethodRuns.Count} " +
                $"runs are compared with {unpaired.BaselineRuns.Count} as independent samples, by Welch's and Mann " +
                "and Whitney's tests; effect size is Hedges' g.";
        }

        if (row.Refusal is { } refusal)
        {
            yield return ScoreGaps.NotCompared(row.Method, refusal);
        }

        foreach (string gap in ScoreGaps.Of(row, table))
        {
            yield return gap;
        }

        int missing = row.Runs.Count(run => run.Status != StudyRunStatus.Done);
        if (missing > 0)
        {
            yield return $"{row.Method}: {Counted(missing, "run")} of {row.Runs.Count} " +
                $"{(missing == 1 ? "is" : "are")} not finished.";
        }
    }

    /// <summary>1 run, 2 runs.</summary>
    public static string Counted(int count, string noun) =>
        $"{ReportFigures.Count(count)} {noun}{(count == 1 ? "" : "s")}";
}
