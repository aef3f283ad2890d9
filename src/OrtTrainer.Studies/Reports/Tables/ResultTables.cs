using OrtTrainer.Reports;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>The printed tables of one <see cref="StudyTable"/>.</summary>
/// <param name="table">What is printed.</param>
/// <param name="name">The group's name, for captions.</param>
internal sealed class ResultTables(StudyTable table, string name)
{
    private readonly ScoreScale _scale = table.Scale;

    /// <summary>Every method against the baseline.</summary>
    public ReportTable Main()
    {
        string[] header =
        [
            "method", "runs", "mean ± sd", "difference", "95 % interval", TestName("t"),
            TestName("rank"), "Holm p", EffectName(), "verdict",
        ];
        string direction = _scale.HigherIsBetter ? "" : " (lower is better)";
        return new ReportTable(
            $"{name}: {_scale.Label}{direction}, against {table.Baseline}", header, [.. table.Rows.Select(Cells)])
        {
            TextColumns = [header.Length - 1],
            EmphasizedRows = [.. Enumerable.Range(0, table.Rows.Count).Where(i => table.Rows[i].DiffersFromBaseline)],
        };
    }

    /// <summary>Live against averaged weights of the same runs; null where no method averages.</summary>
    public ReportTable? LiveAndAveraged()
    {
        List<IReadOnlyList<string>> rows = [];
        foreach (MethodRow row in table.Rows)
        {
            StudyRun[] both =
            [
                .. row.Done.Where(run => run is { Live: { } live, Averaged: { } averaged }
                    && double.IsFinite(live) && double.IsFinite(averaged)),
            ];
            if (both.Length > 0)
            {
                double[] live = [.. both.Select(run => _scale.Scaled(run.Live!.Value))];
                double[] averaged = [.. both.Select(run => _scale.Scaled(run.Averaged!.Value))];
                rows.Add([row.Method, .. LiveAndAveraged(live, averaged)]);
            }
        }

        return rows.Count == 0
            ? null
            : new ReportTable(
                $"{name}: live and averaged weights of the same runs, {_scale.Label}",
                ["method", "runs", "live", "averaged", "averaged − live", "95 % interval"], rows);
    }

    /// <summary>The other metrics asked for; null where there is only one.</summary>
    public ReportTable? OtherMetrics()
    {
        string[] metrics =
        [
            .. table.Rows.SelectMany(row => row.Done).SelectMany(run => run.Scores.Keys).Distinct()
                .Where(metric => metric != _scale.Metric),
        ];
        return metrics.Length == 0
            ? null
            : new ReportTable(
                $"{name}: other metrics of the same weights, mean ± sd, without tests",
                ["method", .. metrics.Select(metric => ScoreScale.Of(metric).Label)],
                [.. table.Rows.Select(row => (string[])[row.Method, .. metrics.Select(metric => Other(row, metric))])]);
    }

    /// <summary>What the methods cost.</summary>
    public ReportTable Cost()
    {
        double? reference = table.BaselineRow?.TotalSeconds;
        return new ReportTable(
            $"{name}: cost of a run, means",
            ["method", "steps", "training", "teacher", "together", $"relative to {table.Baseline}"],
            [.. table.Rows.Select(row => CostCells(row, reference))]);
    }

    private static IReadOnlyList<string> CostCells(MethodRow row, double? reference) =>
    [
        row.Method,
        row.Steps is { } steps ? ReportFigures.Count(steps) : ReportFigures.None,
        ReportFigures.Seconds(row.Seconds),
        ReportFigures.Seconds(row.TeacherSeconds),
        ReportFigures.Seconds(row.TotalSeconds),
        row.TotalSeconds is { } own && reference > 0
            ? $"{ReportFigures.Fixed(own / reference.Value, 2)} ×"
            : ReportFigures.None,
    ];

    private IReadOnlyList<string> Cells(MethodRow row)
    {
        string[] start = [row.Method, RunsOf(row), row.Score.Text(_scale.Decimals)];
        if (row.Comparison is not { } comparison)
        {
            string verdict = row.IsBaseline ? "baseline" : $"not compared: {row.Refusal}";
            return [.. start, .. Enumerable.Repeat(ReportFigures.None, 6), verdict];
        }

        MeanDifference difference = comparison.Difference;
        return
        [
            .. start,
            _scale.Difference(difference.Difference),
            Interval(difference),
            ReportFigures.Probability(comparison.T.P),
            ReportFigures.Probability(comparison.Ranks.P),
            ReportFigures.Probability(double.IsNaN(comparison.T.P) ? null : comparison.HolmP),
            Effect(comparison.EffectSize),
            Verdict(comparison),
        ];
    }

    private IEnumerable<string> LiveAndAveraged(double[] live, double[] averaged)
    {
        yield return ReportFigures.Count(live.Length);
        yield return Spread.Of(live).Text(_scale.Decimals);
        yield return Spread.Of(averaged).Text(_scale.Decimals);
        if (live.Length < 2)
        {
            yield return _scale.Difference(averaged[0] - live[0]);
            yield return ReportFigures.None;
            yield break;
        }

        MeanDifference difference = MeanDifference.Paired(live, averaged);
        yield return _scale.Difference(difference.Difference);
        yield return Interval(difference);
    }

    private static string Other(MethodRow row, string metric)
    {
        ScoreScale scale = ScoreScale.Of(metric);
        double[] scores =
        [
            .. row.Done.Select(run => run.Scores.GetValueOrDefault(metric, double.NaN)).Where(double.IsFinite)
                .Select(scale.Scaled),
        ];
        string text = Spread.Of(scores).Text(scale.Decimals);
        int done = row.Done.Count();
        return scores.Length == done ? text : $"{text} ({Scored(scores.Length, done)})";
    }

    /// <summary>How many runs have a score, and of how many where it is not all that are done.</summary>
    private static string Scored(int scored, int done) => scored == done
        ? ReportFigures.Count(done)
        : $"{ReportFigures.Count(scored)} of {ReportFigures.Count(done)}";

    private static string RunsOf(MethodRow row)
    {
        string finished = Scored(row.Scores.Count, row.Done.Count());
        return row.Comparison switch
        {
            { IsPaired: true } paired when paired.MethodRuns.Count < row.Scores.Count =>
                $"{finished} ({paired.MethodRuns.Count} in pairs)",
            { IsPaired: false } => $"{finished} (not paired)",
            _ => finished,
        };
    }

    private string Interval(MeanDifference difference) =>
        $"{_scale.Difference(difference.Lower)} to {_scale.Difference(difference.Upper)}";

    private static string Effect(double size) =>
        double.IsInfinity(size) ? (size > 0 ? "∞" : $"{ReportFigures.Minus}∞") : ReportFigures.Difference(size, 2);

    private string Verdict(Comparison comparison) => (comparison.Verdict, _scale.HigherIsBetter) switch
    {
        (Statistics.Verdict.NoDifferenceShown, _) => comparison.VerdictInWords,
        (Statistics.Verdict.Higher, true) or (Statistics.Verdict.Lower, false) =>
            $"{comparison.VerdictInWords}, better",
        _ => $"{comparison.VerdictInWords}, worse",
    };

    // Which tests were made is named in the header where it is the same in all rows.
    private string TestName(string kind) => (kind, Paired()) switch
    {
        ("t", true) => "paired t p",
        ("t", false) => "Welch t p",
        ("t", null) => "t p",
        (_, true) => "Wilcoxon p",
        (_, false) => "Mann-Whitney p",
        _ => "rank test p",
    };

    private string EffectName() => Paired() switch
    {
        true => "effect d_z",
        false => "effect g",
        _ => "effect d_z or g",
    };

    /// <summary>Whether all comparisons are paired, or none; null for some of both.</summary>
    private bool? Paired()
    {
        bool[] kinds = [.. table.Comparisons.Select(comparison => comparison.IsPaired).Distinct()];
        return kinds.Length switch { 0 => true, 1 => kinds[0], _ => null };
    }
}
