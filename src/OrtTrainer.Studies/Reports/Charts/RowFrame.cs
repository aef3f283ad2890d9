using OrtTrainer.Reports.Charts;

namespace OrtTrainer.Studies.Reports.Charts;

/// <summary>
/// The frame of a plot with a name per row and one axis of numbers below. Rows keep a fixed height, so that names never
/// overlap, however many there are.
/// </summary>
internal sealed class RowFrame
{
    private const double FontSize = 12;
    private const double Top = 26;
    private const double AxisHeight = 42;

    private readonly double _width;
    private readonly double _left;
    private readonly int _rows;
    private readonly double _rowHeight;
    private readonly Ticks _ticks;

    /// <param name="width">Pixels of the whole plot.</param>
    /// <param name="right">Pixels to keep free right of the axis, for text.</param>
    /// <param name="rowHeight">Pixels of a row.</param>
    /// <param name="names">The rows' names.</param>
    /// <param name="range">What the axis shows.</param>
    public RowFrame(double width, double right, double rowHeight, IReadOnlyCollection<string> names, AxisRange range)
    {
        (_width, _rowHeight, _rows) = (width, rowHeight, names.Count);
        double widest = names.Select(name => TextWidth.Of(name, FontSize)).DefaultIfEmpty(0).Max();
        _left = Math.Min(widest, width * 0.36) + 14;
        X = new LinearScale(range, _left, width - Math.Max(right, 12));
        _ticks = AxisTicks.Fitting(range, X.To - X.From, FontSize);
    }

    public LinearScale X { get; }

    /// <summary>The pixel below the last row, where the axis is.</summary>
    public double Bottom => Top + (_rows * _rowHeight);

    /// <summary>Pixels of the frame with its axis.</summary>
    public double Height => Bottom + AxisHeight;

    /// <summary>The pixel of a row's middle.</summary>
    public double Middle(int row) => Top + ((row + 0.5) * _rowHeight);

    /// <summary>Draws all but names and data.</summary>
    public void Draw(SvgCanvas canvas, string title, string axisName)
    {
        canvas.Text("title", 2, 15, TextWidth.Fit(title, TextWidth.TitleSize, _width - 4), tip: title);
        foreach (double tick in _ticks.Values)
        {
            canvas.Line("grid", X.Pixel(tick), Top, X.Pixel(tick), Bottom);
        }

        AxisTicks.Draw(canvas, _ticks, X, Bottom, axisName, FontSize);
    }

    /// <summary>Writes a row's name left of the axis.</summary>
    public void DrawName(SvgCanvas canvas, int row, string name) => canvas.Text(
        "name", _left - 10, Middle(row) + 4, TextWidth.Fit(name, FontSize, _left - 12), "end", name);
}
