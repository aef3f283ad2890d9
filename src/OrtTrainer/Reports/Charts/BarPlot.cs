namespace OrtTrainer.Reports.Charts;

/// <summary>
/// Bars that stand side by side, each over a part of the horizontal axis, and where wanted the line where both axes are
/// the same: a histogram, or a reliability diagram. Written as SVG without scripts; the same input gives the same
/// bytes.
/// </summary>
internal sealed record BarPlot
{
    /// <summary>What stands above the plot.</summary>
    public required string Title { get; init; }

    /// <summary>The bars, each from one place of the axis to another; those without a height are left out.</summary>
    public required IReadOnlyList<Bar> Bars { get; init; }

    /// <summary>The name of the horizontal axis.</summary>
    public required string XLabel { get; init; }

    /// <summary>The name of the vertical axis.</summary>
    public required string YLabel { get; init; }

    /// <summary>What the plot shows, for those who do not see it.</summary>
    public string Description { get; init; } = "";

    /// <summary>What the vertical axis shows; null for 0 to the highest bar.</summary>
    public AxisRange? YRange { get; init; }

    /// <summary>Whether the line where both axes are the same is drawn.</summary>
    public bool HasDiagonal { get; init; }

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 360;

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 280;

    /// <summary>The plot for an HTML page whose style holds <see cref="ChartStyle.Page"/>.</summary>
    public string ToInlineSvg()
    {
        Bar[] shown = [.. Bars.Where(bar => double.IsFinite(bar.Height))];
        AxisRange x = new(Bars.Min(bar => bar.From), Bars.Max(bar => bar.To));
        double highest = shown.Select(bar => bar.Height).DefaultIfEmpty(0).Max();
        AxisRange y = YRange ?? new AxisRange(0, highest > 0 ? highest * 1.05 : 1);
        PlotFrame frame = new(Width, Height, x, y);
        SvgCanvas canvas = new(Width, Height, Title, Description);
        frame.Draw(canvas, Title, XLabel, YLabel);
        foreach (Bar bar in shown)
        {
            string left = SvgCanvas.Number(frame.X.Pixel(bar.From) + 0.75);
            string right = SvgCanvas.Number(frame.X.Pixel(bar.To) - 0.75);
            string top = SvgCanvas.Number(frame.Y.Clamped(bar.Height));
            string ground = SvgCanvas.Number(frame.Y.From);
            canvas.Path("bar s0", $"M{left} {ground}V{top}H{right}V{ground}Z", bar.Tip);
        }

        if (HasDiagonal)
        {
            double low = Math.Max(x.Low, y.Low), high = Math.Min(x.High, y.High);
            canvas.Path("zero", $"M{frame.Point(low, low)}L{frame.Point(high, high)}");
        }

        return canvas.ToInline();
    }
}

/// <summary>A bar of a <see cref="BarPlot"/>.</summary>
/// <param name="From">Where it begins on the horizontal axis.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Height">How high it is; NaN for none.</param>
/// <param name="Tip">What it says in words.</param>
internal readonly record struct Bar(double From, double To, double Height, string Tip);
