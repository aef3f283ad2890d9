using System.Text;

namespace OrtTrainer.Reports.Charts;

/// <summary>
/// Lines over a common axis, each with an optional band: learning curves, or the loss along a direction. Written as SVG
/// without scripts; the same input gives the same bytes.
/// </summary>
internal sealed record LinePlot
{
    private const double Radius = 3;

    // More markers than this on a line hide it.
    private const int MostMarkers = 24;

    /// <summary>What stands above the plot.</summary>
    public required string Title { get; init; }

    public required IReadOnlyList<LineSeries> Series { get; init; }

    /// <summary>What the plot shows, for those who do not see it.</summary>
    public string Description { get; init; } = "";

    /// <summary>The name of the horizontal axis.</summary>
    public required string XLabel { get; init; }

    /// <summary>The name of the vertical axis.</summary>
    public required string YLabel { get; init; }

    /// <summary>What the horizontal axis shows; null for all points.</summary>
    public AxisRange? XRange { get; init; }

    /// <summary>
    /// What the vertical axis shows; null for all points and bands. Lines beyond it run along its edge.
    /// </summary>
    public AxisRange? YRange { get; init; }

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 720;

    /// <summary>Pixels without the legend, which is added below.</summary>
    public int Height { get; init; } = 320;

    /// <summary>The plot as an SVG file of its own.</summary>
    public string ToSvg() => Draw().ToFile();

    /// <summary>The plot for an HTML page whose style holds <see cref="ChartStyle.Page"/>.</summary>
    public string ToInlineSvg() => Draw().ToInline();

    /// <summary>The numbers shown: a row for each X, a column for each line.</summary>
    public ReportTable ToTable()
    {
        double[] places = [.. Series.SelectMany(s => s.Points).Select(p => p.X).Distinct().Order()];
        List<IReadOnlyList<string>> rows = [];
        foreach (double x in places)
        {
            rows.Add([ReportFigures.Short(x), .. Series.Select(series => Cell(series, x))]);
        }

        return new ReportTable($"{Title}, {YLabel}", [XLabel, .. Series.Select(s => s.Name)], rows);
    }

    private static string Cell(LineSeries series, double x)
    {
        foreach (LinePoint point in series.Points)
        {
            if (point.X.Equals(x))
            {
                return ReportFigures.Short(point.Y);
            }
        }

        return ReportFigures.None;
    }

    private SvgCanvas Draw()
    {
        IEnumerable<LinePoint> points = Series.SelectMany(s => s.Points);
        AxisRange xs = XRange ?? AxisRange.Covering(points.Select(p => p.X), 0.02);
        AxisRange ys = YRange ?? AxisRange.Covering(points.SelectMany(p => new[] { p.Y, p.Low ?? p.Y, p.High ?? p.Y }));
        Legend legend = new([.. Series.Select(Entry)], Width);
        PlotFrame frame = new(Width, Height, xs, ys);

        SvgCanvas canvas = new(Width, Height + legend.Height, Title, Description);
        frame.Draw(canvas, Title, XLabel, YLabel);
        for (int i = 0; i < Series.Count; i++)
        {
            DrawBand(canvas, frame, Series[i], Style(i));
        }

        // What stands back is drawn first, so that it hides nothing.
        foreach (int i in Enumerable.Range(0, Series.Count).OrderByDescending(i => Series[i].Muted))
        {
            DrawLine(canvas, frame, Series[i], Style(i));
        }

        legend.Draw(canvas, Height);
        return canvas;
    }

    private SeriesStyle Style(int index) => new(Series[index].Style ?? index);

    private LegendEntry Entry(LineSeries series, int index) =>
        new(series.Name, Style(index))
        {
            Line = true, Dashed = series.Dashed, Hollow = series.Dashed, Muted = series.Muted,
        };

    private static void DrawBand(SvgCanvas canvas, PlotFrame frame, LineSeries series, SeriesStyle style)
    {
        foreach (LinePoint[] part in Parts(series, p => p.Low is { } low && p.High is { } high
            && double.IsFinite(low) && double.IsFinite(high)))
        {
            IEnumerable<string> upper = part.Select(p => frame.Point(p.X, p.High!.Value));
            IEnumerable<string> lower = part.Reverse().Select(p => frame.Point(p.X, p.Low!.Value));
            canvas.Path($"band {style.Class}", $"M{string.Join('L', upper.Concat(lower))}Z");
        }
    }

    private static void DrawLine(SvgCanvas canvas, PlotFrame frame, LineSeries series, SeriesStyle style)
    {
        string look = $"{style.Class}{(series.Muted ? " muted" : "")}";
        StringBuilder path = new();
        foreach (LinePoint[] part in Parts(series, p => double.IsFinite(p.Y)))
        {
            path.Append('M').AppendJoin('L', part.Select(p => frame.Point(p.X, p.Y)));
        }

        if (path.Length > 0)
        {
            canvas.Path($"line {look}{(series.Dashed ? " dashed" : "")}", path.ToString());
        }

        int every = (series.Points.Count + MostMarkers - 1) / MostMarkers;
        for (int i = 0; i < series.Points.Count; i += every)
        {
            LinePoint point = series.Points[i];
            if (double.IsFinite(point.Y) && frame.Y.Range.Contains(point.Y) && frame.X.Range.Contains(point.X))
            {
                canvas.Path(
                    $"{(series.Dashed ? "hollow" : "mark")} {look}",
                    style.Marker(frame.X.Pixel(point.X), frame.Y.Pixel(point.Y), Radius),
                    $"{series.Name}, {ReportFigures.Short(point.X)}: {ReportFigures.Short(point.Y)}");
            }
        }
    }

    /// <summary>The runs of points that can be drawn without a break.</summary>
    private static IEnumerable<LinePoint[]> Parts(LineSeries series, Func<LinePoint, bool> drawable)
    {
        List<LinePoint> part = [];
        foreach (LinePoint point in series.Points)
        {
            if (drawable(point))
            {
                part.Add(point);
            }
            else if (part.Count > 0)
            {
                yield return [.. part];
                part.Clear();
            }
        }

        if (part.Count > 0)
        {
            yield return [.. part];
        }
    }
}
