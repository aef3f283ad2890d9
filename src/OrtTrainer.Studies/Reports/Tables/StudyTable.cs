using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>
/// The methods of a study on one task with one model and initialization, each compared with the baseline. The
/// comparisons of a table are one family: Holm's correction is for all of them.
/// </summary>
internal sealed record StudyTable
{
    private StudyTable(StudyGroup group, ScoreScale scale, string baseline, IReadOnlyList<MethodRow> rows)
    {
        (Group, Scale, Baseline, Rows) = (group, scale, baseline, rows);
    }

    public StudyGroup Group { get; }

    public ScoreScale Scale { get; }

    /// <summary>The name of the baseline.</summary>
    public string Baseline { get; }

    /// <summary>The methods in the order of the study.</summary>
    public IReadOnlyList<MethodRow> Rows { get; }

    /// <summary>The comparisons that could be made.</summary>
    public IEnumerable<Comparison> Comparisons => Rows.Select(row => row.Comparison).OfType<Comparison>();

    /// <summary>The baseline's row; null where the study has no such runs.</summary>
    public MethodRow? BaselineRow => Rows.FirstOrDefault(row => row.IsBaseline);

    /// <summary>A table for every model, initialization and task, in the order of the runs.</summary>
    public static IReadOnlyList<StudyTable> Of(StudyResults results) =>
    [
        .. results.Runs.GroupBy(run => new StudyGroup(run.Model, run.Initialization, run.Task))
            .Select(group => Of(group.Key, [.. group], results)),
    ];

    private static StudyTable Of(StudyGroup group, StudyRun[] runs, StudyResults results)
    {
        string metric = runs.Select(run => run.Metric).FirstOrDefault(name => name.Length > 0)
            ?? results.Tasks.FirstOrDefault(task => task.Name == group.Task)?.Metrics.FirstOrDefault()
            ?? "score";
        ScoreScale scale = ScoreScale.Of(metric);
        MethodRow[] rows =
        [
            .. runs.GroupBy(run => run.Method).Select(own => new MethodRow
            {
                Method = own.Key,
                IsBaseline = own.Key == results.Baseline,
                Runs = [.. own],
                Scores = ScoresOf(own, scale),
            }),
        ];
        MethodRow? baseline = rows.FirstOrDefault(row => row.IsBaseline);
        MethodRow[] compared = [.. rows.Select(row => Compared(row, baseline))];
        return new StudyTable(group, scale, results.Baseline, Corrected(compared));
    }

    // A score that is not defined is not a number to reckon with; the report names the runs that have none.
    private static Dictionary<long, double> ScoresOf(IEnumerable<StudyRun> runs, ScoreScale scale) => runs
        .Where(run => run.Status == StudyRunStatus.Done && run.Score is { } score && double.IsFinite(score))
        .ToDictionary(run => run.Seed, run => scale.Scaled(run.Score!.Value));

    private static MethodRow Compared(MethodRow row, MethodRow? baseline)
    {
        if (row.IsBaseline)
        {
            return row;
        }

        return baseline is null
            ? row with { Refusal = "the baseline has no runs here" }
            : SeedPairing.Compare(row, baseline);
    }

    private static MethodRow[] Corrected(MethodRow[] rows)
    {
        IReadOnlyList<Comparison> family = ComparisonFamily.Of(rows.Select(row => row.Comparison).OfType<Comparison>());
        int next = 0;
        return [.. rows.Select(row => row.Comparison is null ? row : row with { Comparison = family[next++] })];
    }
}
