using OrtTrainer.Reports;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Studies.Reports.Charts;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>The charts of a study.</summary>
internal static class StudyCharts
{
    /// <summary>Every seed's score, a row per method.</summary>
    public static FigureBlock Scores(StudyTable table, string name)
    {
        BoxPlot plot = new()
        {
            Title = $"Every seed's score: {name}",
            Label = table.Scale.Label,
            Description = "A row per method, with a point per seed, quartiles, and mean with standard deviation.",
            Decimals = table.Scale.Decimals,
            Rows = [.. table.Rows.Select(row => new BoxRow(row.Method, Points(row)))],
        };
        return new FigureBlock([plot.ToInlineSvg()], plot.ToTable()) { TableStandsAlone = true };
    }

    private static BoxPoint[] Points(MethodRow row) =>
        [.. row.Scores.OrderBy(score => score.Key).Select(score => new BoxPoint($"seed {score.Key}", score.Value))];

    /// <summary>
    /// Differences to the baseline with their intervals, a plot per model, initialization and unit; the numbers are in
    /// the tables.
    /// </summary>
    public static IEnumerable<FigureBlock> Intervals(IReadOnlyList<StudyTable> tables, bool withModel)
    {
        foreach (var part in tables.Where(table => table.Comparisons.Any())
            .GroupBy(table => (table.Group.Model, table.Group.Initialization, Unit: Unit(table.Scale))))
        {
            string place = withModel ? $"{part.Key.Initialization}, {part.Key.Model}" : part.Key.Initialization;
            IntervalPlot plot = new()
            {
                Title = $"{place}: differences to {part.First().Baseline}",
                Label = $"difference, {part.Key.Unit}",
                Description = "A row per method and task: the difference of the means with its 95 % interval.",
                ShownMeans = "difference shown after Holm's correction",
                NotShownMeans = "no difference shown; bars are 95 % intervals, uncorrected",
                Decimals = part.First().Scale.Decimals,
                Groups = [.. part.Select(Group)],
            };
            yield return new FigureBlock([plot.ToInlineSvg()], null);
        }
    }

    /// <summary>
    /// Learning curves, a plot per method with the baseline behind it, all over the same axes; null where no run was
    /// evaluated on the way.
    /// </summary>
    public static FigureBlock? Curves(StudyTable table)
    {
        List<(string Method, LineSeries[] Lines)> plots = [];
        LineSeries? reference = table.BaselineRow is { } baseline
            ? Line(baseline, table, averaged: false, 6) with { Name = $"{table.Baseline}, live", Muted = true }
            : null;
        for (int i = 0; i < table.Rows.Count; i++)
        {
            MethodRow row = table.Rows[i];
            LineSeries live = Line(row, table, averaged: false, i);
            LineSeries averaged = Line(row, table, averaged: true, i);
            if (live.Points.Count + averaged.Points.Count > 0)
            {
                LineSeries?[] lines = [live, averaged, row.IsBaseline ? null : reference];
                plots.Add((row.Method, [.. lines.OfType<LineSeries>().Where(line => line.Points.Count > 0)]));
            }
        }

        if (plots.Count == 0)
        {
            return null;
        }

        LinePoint[] all = [.. plots.SelectMany(plot => plot.Lines).SelectMany(line => line.Points)];
        AxisRange xs = AxisRange.Covering(all.Select(p => p.X), 0.03);
        AxisRange ys = AxisRange.Covering(all.SelectMany(p => new[] { p.Y, p.Low ?? p.Y, p.High ?? p.Y }));
        return new FigureBlock(
            [.. plots.Select(plot => Curve(plot.Method, plot.Lines, table.Scale, xs, ys).ToInlineSvg())],
            Numbers(plots, table.Scale));
    }

    // Scores times 100 share an axis, whatever their metric; errors have units of their own.
    private static string Unit(ScoreScale scale) => scale.IsShare ? "score × 100" : scale.Metric;

    private static LinePlot Curve(
        string method, IReadOnlyList<LineSeries> lines, ScoreScale scale, AxisRange xs, AxisRange ys) => new()
    {
        Title = method,
        Description = "Mean over seeds with the lowest and highest as a band, live and averaged weights.",
        XLabel = "step",
        YLabel = $"{scale.Label}, evaluation data",
        Series = lines,
        XRange = xs,
        YRange = ys,
        Width = 340,
        Height = 230,
    };

    private static ReportTable Numbers(List<(string Method, LineSeries[] Lines)> plots, ScoreScale scale)
    {
        LinePlot together = new()
        {
            Title = "Learning curves, means over seeds",
            XLabel = "step",
            YLabel = scale.Label,
            Series =
            [
                .. plots.SelectMany(plot => plot.Lines.Where(line => !line.Muted)
                    .Select(line => line with { Name = $"{plot.Method}, {line.Name}" })),
            ],
        };
        return together.ToTable();
    }

    private static LineSeries Line(MethodRow row, StudyTable table, bool averaged, int style) =>
        new(averaged ? "averaged" : "live", CurveMean.Of(row.Done, table.Scale, averaged))
        {
            Style = style, Dashed = averaged,
        };

    private static IntervalGroup Group(StudyTable table) => new(
        $"{table.Group.Task} ({table.Scale.Metric}{(table.Scale.HigherIsBetter ? "" : ", lower is better")})",
        [
            .. table.Rows.Select((row, place) => (row, place)).Where(pair => !pair.row.IsBaseline)
                .Select(pair => Interval(pair.row, pair.place)),
        ]);

    private static IntervalRow Interval(MethodRow row, int place) => row.Comparison is { } comparison
        ? new IntervalRow(
            row.Method, comparison.Difference.Difference, comparison.Difference.Lower, comparison.Difference.Upper)
        {
            Shown = row.DiffersFromBaseline, Style = place,
        }
        : new IntervalRow(row.Method, null, null, null) { Note = "not compared" };
}
