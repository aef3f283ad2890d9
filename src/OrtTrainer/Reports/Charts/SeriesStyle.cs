using System.Globalization;

namespace OrtTrainer.Reports.Charts;

/// <summary>
/// How one of several series looks. Colour and marker change together but with different periods, so that series are
/// told apart without seeing colours too, and 56 of them differ.
/// </summary>
/// <param name="Index">The series' place among its kind, 0 or more.</param>
internal readonly record struct SeriesStyle(int Index)
{
    private const int Colours = 8;

    private const int Markers = 7;

    /// <summary>The class of the colour.</summary>
    public string Class => string.Create(CultureInfo.InvariantCulture, $"s{Index % Colours}");

    /// <summary>Path data of the series' marker around a point.</summary>
    /// <param name="x">Pixel.</param>
    /// <param name="y">Pixel.</param>
    /// <param name="radius">Half its width, pixels.</param>
    public string Marker(double x, double y, double radius)
    {
        double r = radius;
        return (Index % Markers) switch
        {
            0 => Circle(x, y, r),
            1 => Polygon(x, y, (-r, -r), (r, -r), (r, r), (-r, r)),
            2 => Polygon(x, y, (0, -1.2 * r), (1.15 * r, 0.9 * r), (-1.15 * r, 0.9 * r)),
            3 => Polygon(x, y, (0, -1.35 * r), (1.35 * r, 0), (0, 1.35 * r), (-1.35 * r, 0)),
            4 => Polygon(x, y, (0, 1.2 * r), (-1.15 * r, -0.9 * r), (1.15 * r, -0.9 * r)),
            5 => Polygon(
                x, y, (-r, -0.4 * r), (-0.4 * r, -0.4 * r), (-0.4 * r, -r), (0.4 * r, -r), (0.4 * r, -0.4 * r),
                (r, -0.4 * r), (r, 0.4 * r), (0.4 * r, 0.4 * r), (0.4 * r, r), (-0.4 * r, r), (-0.4 * r, 0.4 * r),
                (-r, 0.4 * r)),
            _ => Polygon(
                x, y, (-r, -r), (0, -0.45 * r), (r, -r), (0.45 * r, 0), (r, r), (0, 0.45 * r), (-r, r), (-0.45 * r, 0)),
        };
    }

    private static string Circle(double x, double y, double r)
    {
        string radius = SvgCanvas.Number(r);
        string turn = $"a{radius} {radius} 0 1 0";
        return $"M{SvgCanvas.Number(x - r)} {SvgCanvas.Number(y)}{turn} {SvgCanvas.Number(2 * r)} 0" +
            $"{turn} {SvgCanvas.Number(-2 * r)} 0Z";
    }

    private static string Polygon(double x, double y, params (double X, double Y)[] corners) =>
        $"M{string.Join('L', corners.Select(c => $"{SvgCanvas.Number(x + c.X)} {SvgCanvas.Number(y + c.Y)}"))}Z";
}
