using OrtTrainer.Reports;
using OrtTrainer.Reports.Charts;

namespace OrtTrainer.Studies.Reports.Charts;

/// <summary>
/// Differences with their intervals, a row each under group headings, about a line at zero; the numbers stand at the
/// right. The same input gives the same bytes.
/// </summary>
internal sealed record IntervalPlot
{
    private const double RowHeight = 24;
    private const double FontSize = 12;

    /// <summary>What stands above the plot.</summary>
    public required string Title { get; init; }

    public required IReadOnlyList<IntervalGroup> Groups { get; init; }

    /// <summary>What the plot shows, for those who do not see it.</summary>
    public string Description { get; init; } = "";

    /// <summary>The name of the axis.</summary>
    public required string Label { get; init; }

    /// <summary>What a filled marker says.</summary>
    public required string ShownMeans { get; init; }

    /// <summary>What a hollow marker says.</summary>
    public required string NotShownMeans { get; init; }

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 720;

    /// <summary>Decimals of the numbers.</summary>
    public int Decimals { get; init; } = 2;

    /// <summary>The plot as an SVG file of its own.</summary>
    public string ToSvg() => Draw().ToFile();

    /// <summary>The plot for an HTML page whose style holds <see cref="ChartStyle.Page"/>.</summary>
    public string ToInlineSvg() => Draw().ToInline();

    private SvgCanvas Draw()
    {
        List<(string Name, IntervalRow? Row, int Place)> lines = [];
        foreach (IntervalGroup group in Groups)
        {
            lines.Add((group.Name, null, 0));
            lines.AddRange(group.Rows.Select((row, i) => (row.Name, (IntervalRow?)row, i)));
        }

        double right = lines.Select(line => TextWidth.Of(Numbers(line.Row), FontSize)).DefaultIfEmpty(0).Max() + 16;
        string[] names = [.. lines.Select(line => line.Row is null ? "" : line.Name)];
        RowFrame frame = new(Width, right, RowHeight, names, Range);
        Legend legend = new(Key(), Width);
        SvgCanvas canvas = new(Width, frame.Height + legend.Height, Title, Description);
        frame.Draw(canvas, Title, Label);
        canvas.Line("zero", frame.X.Pixel(0), frame.Middle(0) - (RowHeight / 2), frame.X.Pixel(0), frame.Bottom);
        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i].Row is { } row)
            {
                frame.DrawName(canvas, i, row.Name);
                DrawRow(canvas, frame, i, row, new SeriesStyle(row.Style ?? lines[i].Place));
            }
            else
            {
                DrawHeading(canvas, frame.Middle(i), lines[i].Name);
            }
        }

        legend.Draw(canvas, frame.Height);
        return canvas;
    }

    /// <summary>All bounds, and zero with them.</summary>
    private AxisRange Range => AxisRange.Covering(
        Groups.SelectMany(g => g.Rows).Where(row => row.Estimate is not null)
            .SelectMany(row => new[] { row.Estimate, row.Low, row.High }).OfType<double>().Append(0));

    private LegendEntry[] Key() =>
    [
        new(ShownMeans, new SeriesStyle(0)) { Line = true },
        new(NotShownMeans, new SeriesStyle(0)) { Line = true, Hollow = true },
    ];

    // A heading has the line to itself, and a strip of ground keeps the grid out of its letters.
    private void DrawHeading(SvgCanvas canvas, double middle, string name)
    {
        canvas.Rectangle("strip", 0, middle - 11, Width, 22);
        canvas.Text("group", 6, middle + 4, TextWidth.Fit(name, TextWidth.TitleSize, Width - 12), tip: name);
    }

    private void DrawRow(SvgCanvas canvas, RowFrame frame, int place, IntervalRow row, SeriesStyle style)
    {
        double y = frame.Middle(place);
        if (row.Estimate is { } estimate && double.IsFinite(estimate))
        {
            if (row is { Low: { } low, High: { } high } && double.IsFinite(low) && double.IsFinite(high))
            {
                string from = SvgCanvas.Number(frame.X.Pixel(low));
                string to = SvgCanvas.Number(frame.X.Pixel(high));
                canvas.Path($"line {style.Class}", $"M{from} {SvgCanvas.Number(y - 4)}v8m0 -4H{to}m0 -4v8");
            }

            canvas.Path(
                $"{(row.Shown ? "mark" : "hollow")} {style.Class}", style.Marker(frame.X.Pixel(estimate), y, 4.5),
                $"{row.Name}: {Numbers(row)}");
        }

        canvas.Text("numbers", Width - 4, y + 4, Numbers(row), "end");
    }

    private string Numbers(IntervalRow? row)
    {
        if (row?.Estimate is not { } estimate)
        {
            return row?.Note ?? "";
        }

        string text = ReportFigures.Difference(estimate, Decimals);
        return row is { Low: { } low, High: { } high }
            ? $"{text}  ({ReportFigures.Difference(low, Decimals)} to {ReportFigures.Difference(high, Decimals)})"
            : text;
    }
}
