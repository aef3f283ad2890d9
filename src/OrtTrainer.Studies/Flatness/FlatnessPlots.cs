using OrtTrainer.Reports.Charts;

namespace OrtTrainer.Studies.Flatness;

/// <summary>The lines of a report as plots.</summary>
internal static class FlatnessPlots
{
    /// <summary>The plots and the names of their files: along random directions, then through pairs of
    /// weights.</summary>
    public static IEnumerable<(string Name, LinePlot Plot)> Of(FlatnessReport report)
    {
        string spread = report.Options.Directions > 1 ? ", mean ± standard deviation" : "";
        yield return ("directions-loss", new LinePlot
        {
            Title = $"Loss along {report.Options.Directions} random directions{spread}",
            Description = "The mean loss as a function of the distance from each set of weights.",
            XLabel = "distance, in norms of the filters",
            YLabel = "loss",
            Series = [.. report.Weights.Select(w => Series(
                w.Name, w.Directions.Distances, w.Directions.MeanLoss, w.Directions.LossDeviation))],
        });
        yield return ("directions-score", new LinePlot
        {
            Title = $"{report.Metric} along {report.Options.Directions} random directions{spread}",
            Description = "The mean score as a function of the distance from each set of weights.",
            XLabel = "distance, in norms of the filters",
            YLabel = report.Metric,
            Series = [.. report.Weights.Select(w => Series(
                w.Name, w.Directions.Distances, w.Directions.MeanScore, w.Directions.ScoreDeviation))],
        });
        foreach ((int number, LossLine line) in report.Lines.Index())
        {
            string ends = $"from {line.From} (0) to {line.To} (1)";
            yield return ($"line-{number + 1}-loss", new LinePlot
            {
                Title = $"Loss on the line {ends}",
                Description = "The loss along the straight line through two sets of weights, and beyond both.",
                XLabel = "place on the line",
                YLabel = "loss",
                Series = [Series("loss", line.Positions, line.Losses, null)],
            });
            yield return ($"line-{number + 1}-score", new LinePlot
            {
                Title = $"{report.Metric} on the line {ends}",
                Description = "The score along the straight line through two sets of weights, and beyond both.",
                XLabel = "place on the line",
                YLabel = report.Metric,
                Series = [Series(report.Metric, line.Positions, line.Scores, null)],
            });
        }
    }

    private static LineSeries Series(
        string name, IReadOnlyList<double> places, IReadOnlyList<double> values, IReadOnlyList<double>? deviations) =>
        new(name, [.. places.Select((x, i) => deviations is null
            ? new LinePoint(x, values[i])
            : new LinePoint(x, values[i], values[i] - deviations[i], values[i] + deviations[i]))]);
}
