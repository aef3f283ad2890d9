using OrtTrainer.Reports;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>The outcome of a study in sentences.</summary>
/// <param name="results">The study.</param>
/// <param name="tables">Its tables.</param>
internal sealed class StudyWords(StudyResults results, IReadOnlyList<StudyTable> tables)
{
    /// <summary>Whether headings name the model.</summary>
    public bool NamesModels { get; } = tables.Select(table => table.Group.Model).Distinct().Count() > 1;

    /// <summary>What was run.</summary>
    public string Extent()
    {
        int done = results.Runs.Count(run => run.Status == StudyRunStatus.Done);
        int failed = results.Runs.Count(run => run.Status == StudyRunStatus.Failed);
        int pending = results.Runs.Count - done - failed;
        string state = done == results.Runs.Count
            ? $"All {ReportFigures.Count(done)} runs are done"
            : $"{ReportFigures.Count(done)} of {ReportFigures.Count(results.Runs.Count)} runs are done, " +
                $"{ReportFigures.Count(failed)} failed, {ReportFigures.Count(pending)} are pending";
        return $"{state}: {Distinct(run => run.Model, "model")}, " +
            $"{Distinct(run => run.Initialization, "initialization")}, {Distinct(run => run.Task, "task")}, " +
            $"{Distinct(run => run.Method, "method")}, " +
            $"{Distinct(run => run.Seed, "seed")}. The baseline is {results.Baseline}.";
    }

    /// <summary>How many differences are shown.</summary>
    public string Outcome()
    {
        Comparison[] comparisons = [.. tables.SelectMany(table => table.Comparisons)];
        if (comparisons.Length == 0)
        {
            return $"Nothing can be said about differences to {results.Baseline}: no method has the runs for a " +
                "comparison. Means are shown without tests.";
        }

        int better = tables.Sum(table => table.Rows.Count(row => IsBetter(row, table)));
        int worse = tables.Sum(table => table.Rows.Count(row => row.DiffersFromBaseline && !IsBetter(row, table)));
        int none = comparisons.Length - better - worse;
        string rest = none == comparisons.Length && none > 1 ? "no difference is shown in any of them"
            : $"{ReportFigures.Count(better)} {(better == 1 ? "shows" : "show")} a better score, " +
                $"{ReportFigures.Count(worse)} a worse one, and in {ReportFigures.Count(none)} no difference is shown";
        return $"Of {ResultNotes.Counted(comparisons.Length, "comparison")} with {results.Baseline}, {rest} (t tests " +
            "at the level 0.05 after Holm's correction within each table).";
    }

    /// <summary>What came out on each task, a sentence for every table.</summary>
    public IReadOnlyList<string> ByGroup() => [.. tables.Select(Sentence)];

    /// <summary>Which methods and seeds have no score, and which verdicts rest on fewer pairs for it.</summary>
    public IReadOnlyList<string> Gaps() => ScoreGaps.Of(tables, NamesModels);

    /// <summary>What "no difference shown" means.</summary>
    public static string Caution { get; } =
        "Where no difference is shown there may be none, or one that so few runs cannot tell from chance: the " +
        "interval holds the differences that remain possible. It is no proof that methods are equal.";

    /// <summary>What so many seeds can and cannot show.</summary>
    public IReadOnlyList<string> Limits()
    {
        List<string> limits = [];
        foreach (int pairs in tables.SelectMany(t => t.Comparisons).Where(c => c.IsPaired)
            .Select(c => c.MethodRuns.Count).Distinct().Order())
        {
            limits.Add(OfPairs(pairs));
        }

        if (tables.SelectMany(table => table.Comparisons).Any(comparison => !comparison.IsPaired))
        {
            limits.Add("Where seeds differ, runs do not form pairs: the noise that a seed shares between methods is " +
                "not taken out, and differences must be larger to be shown.");
        }

        if (tables.SelectMany(table => table.Rows).Any(row => row.Scores.Count == 1))
        {
            limits.Add("A cell with one seed has a score and no spread: it has no standard deviation, no interval " +
                "and no test. Two scores that differ by less than seeds differ among themselves say nothing; run at " +
                "least two seeds, better five or more.");
        }

        limits.Add("A seed fixes initialisation, order and dropout. The tests ask whether a difference would be seen " +
            "again with other seeds on the same training and test data; they say nothing about other data.");
        if (tables.Count > 1)
        {
            limits.Add($"Holm's correction holds within a table. Of {ReportFigures.Count(tables.Count)} tables " +
                "without any true difference, 5 % would still be expected to show one.");
        }

        return limits;
    }

    private static string OfPairs(int pairs)
    {
        double least = Math.Pow(2, 1 - pairs);
        string wilcoxon = least > Comparison.Level
            ? $"Wilcoxon's exact test cannot go below p = {ReportFigures.Short(least)}, so that it can never show a " +
                "difference at 0.05, however large, and is printed for completeness"
            : $"Wilcoxon's exact test can go down to p = {ReportFigures.Short(least)}";
        double effect = TestPower.DetectablePaired(pairs, Comparison.Power, Comparison.Level);
        return $"With {pairs} pairs: {wilcoxon}. A t test, before any correction, finds a true difference of " +
            $"{ReportFigures.Fixed(effect, 2)} standard deviations of the paired differences in 80 % of studies. It " +
            "takes these differences to be normally distributed, which so few runs cannot check.";
    }

    private string Sentence(StudyTable table)
    {
        string group = table.Group.Name(NamesModels);
        MethodRow[] compared = [.. table.Rows.Where(row => row.Comparison is not null)];
        if (compared.Length == 0)
        {
            string why = table.Rows.Select(row => row.Refusal).FirstOrDefault(refusal => refusal is not null)
                ?? $"there is no method beside {results.Baseline}";
            return $"{group}: no comparison: {why}.";
        }

        MethodRow[] shown = [.. compared.Where(row => row.DiffersFromBaseline)];
        if (shown.Length == 0)
        {
            return $"{group}: no difference shown between {results.Baseline} and " +
                $"{(compared.Length == 1 ? compared[0].Method : $"any of {compared.Length} methods")}.";
        }

        IEnumerable<string> found = shown.Select(row =>
            $"{row.Method} {(IsBetter(row, table) ? "better" : "worse")} by " +
            table.Scale.Text(Math.Abs(row.Comparison!.Difference.Difference)));
        string[] others = [.. compared.Except(shown).Select(row => row.Method)];
        return $"{group} ({table.Scale.Label}): {string.Join(", ", found)}" +
            (others.Length == 0 ? "." : $"; no difference shown for {string.Join(", ", others)}.");
    }

    private static bool IsBetter(MethodRow row, StudyTable table) => row.Comparison?.Verdict switch
    {
        Verdict.Higher => table.Scale.HigherIsBetter,
        Verdict.Lower => !table.Scale.HigherIsBetter,
        _ => false,
    };

    private string Distinct<T>(Func<StudyRun, T> value, string noun) =>
        ResultNotes.Counted(results.Runs.Select(value).Distinct().Count(), noun);
}
