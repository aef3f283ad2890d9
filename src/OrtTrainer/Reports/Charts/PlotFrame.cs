namespace OrtTrainer.Reports.Charts;

/// <summary>The axes of a plot with numbers on both: where its values lie, its grid, ticks and names.</summary>
internal sealed class PlotFrame
{
    private const double FontSize = 12;

    private readonly Ticks _xTicks;
    private readonly Ticks _yTicks;
    private readonly double _width;

    /// <param name="width">Pixels of the whole plot.</param>
    /// <param name="height">Pixels of the whole plot without its legend.</param>
    /// <param name="x">What the horizontal axis shows.</param>
    /// <param name="y">What the vertical axis shows.</param>
    public PlotFrame(double width, double height, AxisRange x, AxisRange y)
    {
        _width = width;
        _yTicks = Ticks.Within(y, Math.Clamp((int)(height / 45), 2, 8));
        double left = 10 + _yTicks.Labels.Max(label => TextWidth.Of(label, FontSize));
        _xTicks = AxisTicks.Fitting(x, width - left - 12, FontSize);
        X = new LinearScale(x, left, width - 12);
        Y = new LinearScale(y, height - 42, 48);
    }

    public LinearScale X { get; }

    public LinearScale Y { get; }

    /// <summary>A point as path data, held within the axes.</summary>
    public string Point(double x, double y) =>
        $"{SvgCanvas.Number(X.Clamped(x))} {SvgCanvas.Number(Y.Clamped(y))}";

    /// <summary>Draws all but the data.</summary>
    public void Draw(SvgCanvas canvas, string title, string xLabel, string yLabel)
    {
        canvas.Text("title", 2, 15, TextWidth.Fit(title, TextWidth.TitleSize, _width - 4), tip: title);
        canvas.Text("small", 2, 35, TextWidth.Fit(yLabel, FontSize, _width - 4));
        for (int i = 0; i < _yTicks.Values.Count; i++)
        {
            double y = Y.Pixel(_yTicks.Values[i]);
            canvas.Line("grid", X.From, y, X.To, y);
            canvas.Text("tick", X.From - 6, y + 4, _yTicks.Labels[i], "end");
        }

        AxisTicks.Draw(canvas, _xTicks, X, Y.From, xLabel, FontSize);
    }
}
