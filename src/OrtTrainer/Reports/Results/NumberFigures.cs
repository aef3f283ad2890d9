using OrtTrainer.Reports.Charts;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.Reports.Results;

/// <summary>Numbers of examples as pictures.</summary>
internal static class NumberFigures
{
    // More points than this hide one another and make a page large.
    private const int MostPoints = 1000;

    /// <summary>Two numbers of each example against each other; of very many, some that lie evenly among
    /// them.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="xName">The name of the first.</param>
    /// <param name="xs">The first numbers, [N].</param>
    /// <param name="yName">The name of the second.</param>
    /// <param name="ys">The second numbers, [N].</param>
    /// <param name="sameUnits">Whether both are of one kind.</param>
    public static FigureBlock Scatter(
        string title, string xName, double[] xs, string yName, double[] ys, bool sameUnits = true)
    {
        double every = Math.Max(1, (double)xs.Length / MostPoints);
        int[] shown = [.. Enumerable.Range(0, Math.Min(xs.Length, MostPoints)).Select(i => (int)(i * every))];
        ScatterPlot plot = new()
        {
            Title = shown.Length < xs.Length
                ? $"{title}: {ReportFigures.Count(shown.Length)} of {ReportFigures.Count(xs.Length)}"
                : title,
            Points = [.. shown.Select(i => (xs[i], ys[i]))],
            XLabel = xName,
            YLabel = yName,
            SameUnits = sameUnits,
            Description = $"A point per example: {xName} to the right, {yName} upwards.",
        };
        return new FigureBlock([plot.ToInlineSvg()], Table: null) { IsSmall = true };
    }

    /// <summary>How often numbers lie in parts of equal width, and their table.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="name">What the numbers are.</param>
    /// <param name="values">The numbers; those that are not finite are left out.</param>
    /// <param name="counted">What is counted, such as <c>examples</c>.</param>
    /// <param name="bins">How many parts.</param>
    public static FigureBlock Histogram(
        string title, string name, IEnumerable<double> values, string counted, int bins = 20)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        AxisRange range = AxisRange.Covering(finite, margin: 0);
        double width = (range.High - range.Low) / bins;
        long[] counts = new long[bins];
        foreach (double value in finite)
        {
            counts[Math.Clamp((int)((value - range.Low) / width), 0, bins - 1)]++;
        }

        Bar[] bars =
        [
            .. counts.Select((count, i) => new Bar(
                range.Low + (i * width), range.Low + ((i + 1) * width), count,
                $"{ReportFigures.Short(range.Low + (i * width))} to "
                + $"{ReportFigures.Short(range.Low + ((i + 1) * width))}: {ReportFigures.Count(count)}")),
        ];
        BarPlot plot = new()
        {
            Title = title, Bars = bars, XLabel = name, YLabel = counted,
            Description = $"How many {counted} there are by {name}.",
        };
        ReportTable table = new(title, [name, counted],
        [
            .. bars.Where(bar => bar.Height > 0).Select(bar => (string[])
                [$"{ReportFigures.Short(bar.From)} to {ReportFigures.Short(bar.To)}", ReportFigures.Count(bar.Height)]),
        ]);
        return new FigureBlock([plot.ToInlineSvg()], table) { IsSmall = true };
    }
}
