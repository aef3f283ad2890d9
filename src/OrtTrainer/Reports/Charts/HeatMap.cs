namespace OrtTrainer.Reports.Charts;

/// <summary>
/// Counts of pairs of classes in a grid: what lies on the diagonal, where both are the same, in one colour, the rest in
/// another, the darker the greater its share of the row. Written as SVG without scripts; the same input gives the same
/// bytes.
/// </summary>
internal sealed record HeatMap
{
    private const double FontSize = 12;
    private const double Top = 44;
    private const double MostName = 0.34;
    private const int Shades = 8;

    /// <summary>What stands above the plot.</summary>
    public required string Title { get; init; }

    /// <summary>The names of rows and of columns, K.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The counts, [K, K]: rows, then columns.</summary>
    public required Func<int, int, long> Count { get; init; }

    /// <summary>What the rows are.</summary>
    public required string RowsAre { get; init; }

    /// <summary>What the columns are.</summary>
    public required string ColumnsAre { get; init; }

    /// <summary>What the plot shows, for those who do not see it.</summary>
    public string Description { get; init; } = "";

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 360;

    /// <summary>The plot for an HTML page whose style holds <see cref="ChartStyle.Page"/>.</summary>
    public string ToInlineSvg()
    {
        int classes = Names.Count;
        double widest = Names.Max(name => TextWidth.Of(name, FontSize));
        double left = Math.Min(widest, Width * MostName) + 12;
        double cell = Math.Min((Width - left - 4) / classes, 64);
        double names = Math.Min(widest, 110) + 10;
        double bottom = Top + (classes * Math.Min(cell, 48));
        SvgCanvas canvas = new(Width, bottom + names, Title, Description);
        canvas.Text("title", 2, 15, TextWidth.Fit(Title, TextWidth.TitleSize, Width - 4), tip: Title);
        canvas.Text("small", 2, 35, TextWidth.Fit($"rows: {RowsAre}, columns: {ColumnsAre}", FontSize, Width - 4));
        double height = Math.Min(cell, 48);
        for (int row = 0; row < classes; row++)
        {
            double y = Top + (row * height);
            canvas.Text(
                "name", left - 8, y + (height / 2) + 4, TextWidth.Fit(Names[row], FontSize, left - 10), "end",
                Names[row]);
            DrawRow(canvas, row, left, y, cell, height);
        }

        for (int column = 0; column < classes; column++)
        {
            canvas.Upright(
                "name", left + ((column + 0.5) * cell) + 4, bottom + 8,
                TextWidth.Fit(Names[column], FontSize, names - 8), Names[column]);
        }

        return canvas.ToInline();
    }

    private void DrawRow(SvgCanvas canvas, int row, double left, double y, double cell, double height)
    {
        long all = Enumerable.Range(0, Names.Count).Sum(column => Count(row, column));
        for (int column = 0; column < Names.Count; column++)
        {
            long count = Count(row, column);
            int shade = all == 0 ? 0 : (int)Math.Ceiling((double)count / all * Shades);
            double x = left + (column * cell);
            canvas.Rectangle($"heat {(row == column ? "s0" : "s1")} h{shade}", x, y, cell - 1, height - 1);
            string text = ReportFigures.Count(count);
            if (count > 0 && TextWidth.Of(text, FontSize) <= cell + 2)
            {
                canvas.Text(
                    "count", x + ((cell - 1) / 2), y + (height / 2) + 4, text, "middle",
                    $"{RowsAre} {Names[row]}, {ColumnsAre} {Names[column]}: {text}");
            }
        }
    }
}
