namespace OrtTrainer.Reports.Charts;

/// <summary>The names of the series below a plot, in as many rows as they need.</summary>
internal sealed class Legend
{
    private const double FontSize = 12;
    private const double RowHeight = 20;
    private const double SignWidth = 34;
    private const double Gap = 18;

    private readonly double _width;
    private readonly List<(LegendEntry Entry, double X, int Row)> _places = [];
    private readonly int _rows;

    /// <param name="entries">In the order shown.</param>
    /// <param name="width">Pixels of the plot.</param>
    public Legend(IReadOnlyList<LegendEntry> entries, double width)
    {
        _width = width;
        double x = 2;
        foreach (LegendEntry entry in entries)
        {
            double needed = SignWidth + Math.Min(TextWidth.Of(entry.Name, FontSize), width - SignWidth - 4);
            if (x > 2 && x + needed > width)
            {
                _rows++;
                x = 2;
            }

            _places.Add((entry, x, _rows));
            x += needed + Gap;
        }

        _rows = _places.Count == 0 ? 0 : _rows + 1;
    }

    /// <summary>Pixels.</summary>
    public double Height => _rows == 0 ? 0 : (_rows * RowHeight) + 4;

    /// <summary>Draws the legend below a height.</summary>
    public void Draw(SvgCanvas canvas, double top)
    {
        foreach ((LegendEntry entry, double x, int row) in _places)
        {
            double y = top + (row * RowHeight) + 10;
            string look = $"{entry.Style.Class}{(entry.Muted ? " muted" : "")}";
            if (entry.Line)
            {
                string path = $"M{SvgCanvas.Number(x)} {SvgCanvas.Number(y)}H{SvgCanvas.Number(x + 26)}";
                canvas.Path($"line {look}{(entry.Dashed ? " dashed" : "")}", path);
            }

            canvas.Path($"{(entry.Hollow ? "hollow" : "mark")} {look}", entry.Style.Marker(x + 13, y, 3));
            canvas.Text(
                "legend", x + SignWidth, y + 4, TextWidth.Fit(entry.Name, FontSize, _width - x - SignWidth - 2),
                tip: entry.Name);
        }
    }
}
