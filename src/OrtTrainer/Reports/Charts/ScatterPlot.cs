namespace OrtTrainer.Reports.Charts;

/// <summary>
/// Points of two numbers each, and the line where both are the same. Written as SVG without scripts; the same input
/// gives the same bytes.
/// </summary>
internal sealed record ScatterPlot
{
    /// <summary>What stands above the plot.</summary>
    public required string Title { get; init; }

    /// <summary>The points.</summary>
    public required IReadOnlyList<(double X, double Y)> Points { get; init; }

    /// <summary>The name of the horizontal axis.</summary>
    public required string XLabel { get; init; }

    /// <summary>The name of the vertical axis.</summary>
    public required string YLabel { get; init; }

    /// <summary>What the plot shows, for those who do not see it.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whether both numbers are of one kind: the axes are alike then, and the line of equal ones is
    /// drawn.</summary>
    public bool SameUnits { get; init; }

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 360;

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 320;

    /// <summary>The plot for an HTML page whose style holds <see cref="ChartStyle.Page"/>.</summary>
    public string ToInlineSvg()
    {
        IEnumerable<double> xs = Points.Select(p => p.X), ys = Points.Select(p => p.Y);
        AxisRange x = AxisRange.Covering(SameUnits ? xs.Concat(ys) : xs);
        AxisRange y = SameUnits ? x : AxisRange.Covering(ys);
        PlotFrame frame = new(Width, Height, x, y);
        SvgCanvas canvas = new(Width, Height, Title, Description);
        frame.Draw(canvas, Title, XLabel, YLabel);
        if (SameUnits)
        {
            canvas.Path("zero", $"M{frame.Point(x.Low, x.Low)}L{frame.Point(x.High, x.High)}");
        }

        foreach ((double pointX, double pointY) in Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)))
        {
            canvas.Path(
                "dot s0", new SeriesStyle(0).Marker(frame.X.Pixel(pointX), frame.Y.Pixel(pointY), 2.5),
                $"{ReportFigures.Short(pointX)}, {ReportFigures.Short(pointY)}");
        }

        return canvas.ToInline();
    }
}
