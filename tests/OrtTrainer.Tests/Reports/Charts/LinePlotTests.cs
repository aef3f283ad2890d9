using System.Xml.Linq;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Charts;

namespace OrtTrainer.Tests.Reports.Charts;

internal sealed class LinePlotTests
{
    [Test]
    public void A_point_lies_where_the_axes_say()
    {
        Picture picture = new(Plot(Series("live", (0, 0.5), (100, 0.75), (200, 0.9))).ToSvg());

        (double X, double Y)[] line = Picture.Points(picture.Styled("path", "line").First());

        Assert.That(line, Has.Length.EqualTo(3));
        Assert.That(line[1].X, Is.EqualTo(picture.XPixel(100)).Within(0.02));
        Assert.That(line[1].Y, Is.EqualTo(picture.YPixel(0.75)).Within(0.02));
        Assert.That(line[2].Y, Is.EqualTo(picture.YPixel(0.9)).Within(0.02));
        (double X, double Y) marker = Picture.Middle(picture.Styled("path", "mark").ElementAt(1));
        Assert.That(marker.X, Is.EqualTo(line[1].X).Within(0.02));
        Assert.That(marker.Y, Is.EqualTo(line[1].Y).Within(0.02));
    }

    [Test]
    public void A_band_runs_along_its_upper_edge_and_back_along_its_lower()
    {
        LineSeries series = new("mean", [new(1, 2, 1, 4), new(2, 3, 2.5, 5)]);

        Picture picture = new(Plot(series).ToSvg());

        (double X, double Y)[] band = Picture.Points(picture.Styled("path", "band").Single());
        (double X, double Y)[] expected = [(1, 4), (2, 5), (2, 2.5), (1, 1)];
        Assert.That(band.Select(p => p.X), Is.EqualTo(expected.Select(e => picture.XPixel(e.X))).Within(0.02));
        Assert.That(band.Select(p => p.Y), Is.EqualTo(expected.Select(e => picture.YPixel(e.Y))).Within(0.02));
    }

    [Test]
    public void A_value_that_is_no_number_breaks_the_line_and_has_no_marker()
    {
        Picture picture = new(Plot(Series("live", (0, 1), (1, 2), (2, double.NaN), (3, 2), (4, 1))).ToSvg());

        string path = picture.Styled("path", "line").First().Attribute("d")!.Value;

        Assert.That(path.Count(c => c == 'M'), Is.EqualTo(2));
        Assert.That(path, Does.Not.Contain("NaN"));
        Assert.That(picture.Styled("path", "mark").Count(m => Picture.Tip(m) is not null), Is.EqualTo(4));
    }

    [Test]
    public void A_dashed_line_has_hollow_markers_in_the_colour_of_its_pair()
    {
        LineSeries live = Series("live", (0, 1), (1, 2)) with { Style = 3 };
        LineSeries averaged = Series("averaged", (0, 2), (1, 3)) with { Style = 3, Dashed = true };

        Picture picture = new(Plot(live, averaged).ToSvg());

        // One line each in the plot and in the legend.
        Assert.That(picture.Styled("path", "line", "s3").Count(), Is.EqualTo(4));
        Assert.That(picture.Styled("path", "line", "dashed").Count(), Is.EqualTo(2));
        Assert.That(picture.Styled("path", "hollow", "s3").Count(), Is.EqualTo(3));
    }

    [Test]
    public void A_line_beyond_a_given_range_runs_along_the_edge()
    {
        LinePlot plot = Plot(Series("loss", (0, 1), (1, 50), (2, 2))) with { YRange = new AxisRange(0, 4) };

        Picture picture = new(plot.ToSvg());

        (double X, double Y)[] line = Picture.Points(picture.Styled("path", "line").First());
        Assert.That(line[1].Y, Is.EqualTo(picture.YPixel(4)).Within(0.02));
        // The marker would claim a value that is not there.
        Assert.That(picture.Styled("path", "mark").Count(m => Picture.Tip(m) is not null), Is.EqualTo(2));
    }

    [TestCase(300)]
    [TestCase(720)]
    public void No_labels_overlap_with_twelve_methods_and_long_names(int width)
    {
        LineSeries[] series =
        [
            .. Enumerable.Range(1, 12).Select(i => Series(
                i == 5 ? "annealing-distillation with a teacher that has a very long name indeed" : $"method-{i}+swa",
                (0, 0.1234 * i), (12000, 0.5), (24000, 0.987))),
        ];

        Picture picture = new((Plot(series) with { Width = width }).ToSvg());

        Assert.That(picture.Collisions(), Is.Empty);
        Assert.That(picture.Texts("legend"), Has.Length.EqualTo(12));
    }

    [Test]
    public void Series_differ_in_marker_as_well_as_in_colour()
    {
        LineSeries[] series = [.. Enumerable.Range(0, 12).Select(i => Series($"m{i}", (0, 0)))];

        Picture picture = new((Plot(series) with { XRange = new(-1, 1), YRange = new(-1, 1) }).ToSvg());

        XElement[] markers = [.. picture.Styled("path", "mark").Where(m => Picture.Tip(m) is not null)];
        Assert.That(markers, Has.Length.EqualTo(12));
        Assert.That(
            markers.Select(m => $"{m.Attribute("class")!.Value} {m.Attribute("d")!.Value}"), Is.Unique);
        Assert.That(markers.Take(7).Select(m => m.Attribute("d")!.Value), Is.Unique);
    }

    [Test]
    public void Names_are_escaped_and_characters_that_XML_forbids_replaced()
    {
        LinePlot plot = Plot(Series("a<b> & \"c\"\u0001", (0, 1), (1, 2))) with
        {
            Title = "<script>alert(1)</script>", Description = "x & y",
        };

        string svg = plot.ToSvg();

        Assert.That(svg, Does.Not.Contain("<script"));
        Picture picture = new(svg);
        Assert.That(picture.Texts("legend"), Is.EqualTo(new[] { "a<b> & \"c\"\uFFFD" }));
        Assert.That(picture.Elements("title").Single().Value, Is.EqualTo("<script>alert(1)</script>"));
        Assert.That(picture.Elements("desc").Single().Value, Is.EqualTo("x & y"));
    }

    [Test]
    public void A_long_line_keeps_few_markers_and_all_of_its_points()
    {
        LinePoint[] points = [.. Enumerable.Range(0, 1000).Select(i => new LinePoint(i, Math.Sin(i / 100.0)))];

        Picture picture = new(Plot(new LineSeries("loss", points)).ToSvg());

        Assert.That(Picture.Points(picture.Styled("path", "line").First()), Has.Length.EqualTo(1000));
        Assert.That(picture.Styled("path", "mark").Count(), Is.InRange(10, 30));
    }

    [Test]
    public void A_plot_of_nothing_is_still_a_plot()
    {
        Picture picture = new(Plot().ToSvg());

        Assert.That(picture.Texts("title"), Is.EqualTo(new[] { "curve" }));
        Assert.That(picture.Collisions(), Is.Empty);
    }

    [Test]
    public void The_table_holds_the_numbers_of_every_line()
    {
        LinePlot plot = Plot(Series("live", (10, 0.5), (20, 0.625)), Series("averaged", (20, -0.7)));

        ReportTable table = plot.ToTable();

        Assert.That(table.Header, Is.EqualTo(new[] { "step", "live", "averaged" }));
        Assert.That(table.Rows[0], Is.EqualTo(new[] { "10", "0.5", "–" }));
        Assert.That(table.Rows[1], Is.EqualTo(new[] { "20", "0.625", "−0.7" }));
    }

    [Test]
    public void The_same_plot_gives_the_same_bytes_and_no_scripts()
    {
        string first = Plot(Series("live", (0, 1), (1, 2))).ToSvg();
        string second = Plot(Series("live", (0, 1), (1, 2))).ToSvg();

        Assert.That(second, Is.EqualTo(first));
        Assert.That(first, Does.Not.Contain("script").And.Not.Contain("\r").And.Contain("prefers-color-scheme"));
    }

    private static LinePlot Plot(params LineSeries[] series) =>
        new() { Title = "curve", XLabel = "step", YLabel = "accuracy", Series = series };

    private static LineSeries Series(string name, params (double X, double Y)[] points) =>
        new(name, [.. points.Select(p => new LinePoint(p.X, p.Y))]);
}
