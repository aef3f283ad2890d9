using OrtTrainer.Reports;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Runs;

namespace OrtTrainer.RunReports;

/// <summary>The curves of a run: losses, scores of live and averaged weights, and the rate.</summary>
internal static class RunCurves
{
    private const int Width = 360;
    private const int Height = 240;
    private const string Step = "step";

    /// <summary>The curves that there are, side by side.</summary>
    /// <param name="history">The steps.</param>
    /// <param name="evaluations">The evaluations.</param>
    /// <param name="metric">The metric that decided.</param>
    public static IEnumerable<FigureBlock> Of(
        RunHistory history, IReadOnlyList<EvaluationPoint> evaluations, string metric)
    {
        List<LinePlot> plots = [];
        if (evaluations.Count > 0)
        {
            string[] shown = metric == "loss" ? [metric] : [metric, "loss"];
            plots.AddRange(shown.Select(name => Scores($"{Capital(name)} on the evaluation data", name, evaluations)));
        }

        ReportTable? table = plots.FirstOrDefault()?.ToTable();
        if (history.Steps.Count > 0)
        {
            plots.Add(Plot("Training loss", "mean over neighboring steps", [.. Losses(history)]));
            plots.Add(Plot(
                "Learning rate", "rate", [Line("rate", history.Steps.Select(s => (s.Step, s.LearningRate)), 6)]));
        }

        if (plots.Count > 0)
        {
            yield return new FigureBlock([.. plots.Select(plot => plot.ToInlineSvg())], table) { IsSmall = true };
        }
    }

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static IEnumerable<LineSeries> Losses(RunHistory history)
    {
        yield return Line("loss", history.Steps.Select(s => (s.Step, s.Loss)), 0);
        int[] parts = [.. Enumerable.Range(0, RunHistory.PartNames.Count).Where(part =>
            history.Steps.Any(step => step.Parts[part] != 0))];
        foreach (int part in parts.Length > 1 ? parts : [])
        {
            yield return Line(
                RunHistory.PartNames[part], history.Steps.Select(s => (s.Step, s.Parts[part])), part + 1) with
            {
                Muted = true,
            };
        }
    }

    private static LinePlot Scores(string title, string metric, IReadOnlyList<EvaluationPoint> evaluations)
    {
        LineSeries live = Line("live", evaluations.Select(e => (e.Step, Value(e.Live, metric))), 0);
        LineSeries averaged = Line(
            "averaged", evaluations.Where(e => e.Averaged is not null)
                .Select(e => (e.Step, Value(e.Averaged!, metric))), 1) with { Dashed = true };
        return Plot(title, metric, averaged.Points.Count == 0 ? [live] : [live, averaged]);
    }

    private static double Value(IReadOnlyDictionary<string, double> scores, string metric) =>
        scores.GetValueOrDefault(metric, double.NaN);

    private static LineSeries Line(string name, IEnumerable<(long Step, double Value)> points, int style) =>
        new(name, [.. points.Select(point => new LinePoint(point.Step, point.Value))]) { Style = style };

    private static LinePlot Plot(string title, string label, IReadOnlyList<LineSeries> series) => new()
    {
        Title = title, Series = series, XLabel = Step, YLabel = label, Width = Width, Height = Height,
        Description = $"{title} by {Step}: {string.Join(", ", series.Select(s => s.Name))}.",
    };
}
