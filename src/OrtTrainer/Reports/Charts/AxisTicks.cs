namespace OrtTrainer.Reports.Charts;

/// <summary>The horizontal axis below a plot: its line, ticks, their labels and its name.</summary>
internal static class AxisTicks
{
    /// <summary>As many ticks as have room for their labels.</summary>
    /// <param name="range">What the axis shows.</param>
    /// <param name="width">Pixels of the axis.</param>
    /// <param name="fontSize">Pixels.</param>
    public static Ticks Fitting(AxisRange range, double width, double fontSize)
    {
        for (int atMost = 10; atMost > 2; atMost--)
        {
            Ticks ticks = Ticks.Within(range, atMost);
            double widest = ticks.Labels.Max(label => TextWidth.Of(label, fontSize)) + fontSize;
            double apart = ticks.Values.Count < 2
                ? width
                : (ticks.Values[1] - ticks.Values[0]) / (range.High - range.Low) * width;
            if (apart >= widest)
            {
                return ticks;
            }
        }

        return Ticks.Within(range, 2);
    }

    /// <summary>Draws the axis at a height; its labels and name take 42 pixels below it.</summary>
    public static void Draw(
        SvgCanvas canvas, Ticks ticks, LinearScale scale, double y, string name, double fontSize)
    {
        canvas.Line("axis", scale.From, y, scale.To, y);
        for (int i = 0; i < ticks.Values.Count; i++)
        {
            double x = scale.Pixel(ticks.Values[i]);
            canvas.Line("axis", x, y, x, y + 4);
            canvas.Text("tick", x, y + 17, ticks.Labels[i], "middle");
        }

        string fitted = TextWidth.Fit(name, fontSize, scale.To - scale.From);
        canvas.Text("small", (scale.From + scale.To) / 2, y + 34, fitted, "middle");
    }
}
