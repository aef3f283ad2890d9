using OrtTrainer.Reports;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Reports.Charts;

/// <summary>
/// A row per cell: every observation as a point, a box of the quartiles with its median, and below it mean and standard
/// deviation. With few observations the points are the plot, and the box is drawn faintly behind them; below
/// <see cref="FewestForBox"/> there is none. The same input gives the same bytes.
/// </summary>
internal sealed record BoxPlot
{
    /// <summary>Quartiles of fewer observations than these would be read as more than they are.</summary>
    public const int FewestForBox = 4;

    private const double RowHeight = 44;
    private const double HalfBox = 10;

    /// <summary>What stands above the plot.</summary>
    public required string Title { get; init; }

    /// <summary>The rows from the top.</summary>
    public required IReadOnlyList<BoxRow> Rows { get; init; }

    /// <summary>What the plot shows, for those who do not see it.</summary>
    public string Description { get; init; } = "";

    /// <summary>The name of the axis.</summary>
    public required string Label { get; init; }

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 720;

    /// <summary>Decimals of the numbers in the table and beside the pointer.</summary>
    public int Decimals { get; init; } = 2;

    /// <summary>The plot as an SVG file of its own.</summary>
    public string ToSvg() => Draw().ToFile();

    /// <summary>The plot for an HTML page whose style holds <see cref="ChartStyle.Page"/>.</summary>
    public string ToInlineSvg() => Draw().ToInline();

    /// <summary>The single observations: a row for each row of the plot, a column for each name of a point.</summary>
    public ReportTable ToTable()
    {
        string[] names = [.. Rows.SelectMany(row => row.Points).Select(point => point.Name).Distinct()];
        List<IReadOnlyList<string>> rows = [];
        foreach (BoxRow row in Rows)
        {
            Dictionary<string, double> values = row.Points.ToDictionary(point => point.Name, point => point.Value);
            rows.Add(
            [
                row.Name,
                .. names.Select(name => ReportFigures.Fixed(values.GetValueOrDefault(name, double.NaN), Decimals)),
            ]);
        }

        return new ReportTable($"{Title}, {Label}", ["", .. names], rows);
    }

    private SvgCanvas Draw()
    {
        double[][] values = [.. Rows.Select(row => row.Points.Select(p => p.Value).Where(double.IsFinite).ToArray())];
        AxisRange range = AxisRange.Covering(values.SelectMany(Extent));
        RowFrame frame = new(Width, 0, RowHeight, [.. Rows.Select(row => row.Name)], range);
        SvgCanvas canvas = new(Width, frame.Height + 20, Title, Description);
        frame.Draw(canvas, Title, Label);
        for (int i = 0; i < Rows.Count; i++)
        {
            frame.DrawName(canvas, i, Rows[i].Name);
            DrawBox(canvas, frame, i, values[i]);
            DrawMean(canvas, frame, i, values[i]);
            DrawPoints(canvas, frame, i);
        }

        DrawKey(canvas, frame.Height + 10);
        return canvas;
    }

    private static IEnumerable<double> Extent(double[] values)
    {
        (double mean, double deviation) = MeanAndDeviation(values);
        return [.. values, mean - deviation, mean + deviation];
    }

    private static void DrawBox(SvgCanvas canvas, RowFrame frame, int row, double[] values)
    {
        if (values.Length < FewestForBox)
        {
            return;
        }

        string colour = new SeriesStyle(row).Class;
        double y = frame.Middle(row) - 4;
        Quartiles quartiles = Quartiles.Of(values);
        double first = frame.X.Pixel(quartiles.First);
        double third = frame.X.Pixel(quartiles.Third);
        canvas.Line($"thin {colour}", frame.X.Pixel(values.Min()), y, first, y);
        canvas.Line($"thin {colour}", third, y, frame.X.Pixel(values.Max()), y);
        canvas.Rectangle($"box {colour}", first, y - HalfBox, third - first, 2 * HalfBox);
        double median = frame.X.Pixel(quartiles.Median);
        canvas.Line($"median {colour}", median, y - HalfBox, median, y + HalfBox);
    }

    private void DrawMean(SvgCanvas canvas, RowFrame frame, int row, double[] values)
    {
        (double mean, double deviation) = MeanAndDeviation(values);
        if (double.IsNaN(mean))
        {
            return;
        }

        double y = frame.Middle(row) + 14;
        string spread = double.IsNaN(deviation) ? "" : $" ± {ReportFigures.Fixed(deviation, Decimals)}";
        if (!double.IsNaN(deviation))
        {
            (double left, double right) = (frame.X.Pixel(mean - deviation), frame.X.Pixel(mean + deviation));
            canvas.Path("spread", SpreadBar(left, right, y));
        }

        canvas.Path(
            "mean", new SeriesStyle(3).Marker(frame.X.Pixel(mean), y, 3),
            $"{Rows[row].Name}: {ReportFigures.Fixed(mean, Decimals)}{spread}");
    }

    // Points in a row take turns above and below its middle, so that equal scores of two seeds are two points.
    private void DrawPoints(SvgCanvas canvas, RowFrame frame, int row)
    {
        SeriesStyle style = new(row);
        for (int i = 0; i < Rows[row].Points.Count; i++)
        {
            BoxPoint point = Rows[row].Points[i];
            if (double.IsFinite(point.Value))
            {
                canvas.Path(
                    $"mark {style.Class}",
                    style.Marker(frame.X.Pixel(point.Value), frame.Middle(row) - 4 + (((i % 3) - 1) * 5), 3.5),
                    $"{Rows[row].Name}, {point.Name}: {ReportFigures.Fixed(point.Value, Decimals)}");
            }
        }
    }

    private void DrawKey(SvgCanvas canvas, double y)
    {
        canvas.Path("mark s0", new SeriesStyle(0).Marker(8, y, 3.5));
        canvas.Text("legend", 18, y + 4, "one seed");
        canvas.Path("spread", SpreadBar(94, 118, y));
        canvas.Path("mean", new SeriesStyle(3).Marker(106, y, 3));
        canvas.Text("legend", 124, y + 4, "mean ± standard deviation");
        if (Rows.Any(row => row.Points.Count >= FewestForBox))
        {
            canvas.Rectangle("box s0", 312, y - 7, 24, 14);
            canvas.Line("median s0", 324, y - 7, 324, y + 7);
            canvas.Text("legend", 342, y + 4, "quartiles and median");
        }
    }

    private static string SpreadBar(double left, double right, double y) =>
        $"M{SvgCanvas.Number(left)} {SvgCanvas.Number(y - 3)}v6m0 -3" +
        $"H{SvgCanvas.Number(right)}m0 -3v6";

    /// <summary>Mean and sample standard deviation, NaN where there are too few values.</summary>
    private static (double Mean, double Deviation) MeanAndDeviation(double[] values)
    {
        if (values.Length < 2)
        {
            return (values.Length == 0 ? double.NaN : values[0], double.NaN);
        }

        SampleSummary summary = SampleSummary.Of(values);
        return (summary.Mean, summary.StandardDeviation);
    }
}
