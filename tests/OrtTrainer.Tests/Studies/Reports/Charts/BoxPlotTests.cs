using System.Xml.Linq;
using OrtTrainer.Reports;
using OrtTrainer.Studies.Reports.Charts;
using OrtTrainer.Tests.Reports.Charts;

namespace OrtTrainer.Tests.Studies.Reports.Charts;

internal sealed class BoxPlotTests
{
    [Test]
    public void Every_seed_is_a_point_where_the_axis_says()
    {
        double[] values = [91.25, 93.5, 90, 92, 94.75];

        Picture picture = new(Plot(Row("finetune", values)).ToSvg());

        XElement[] points = [.. Points(picture)];
        Assert.That(points.Select(p => Picture.Middle(p).X), Is.EqualTo(values.Select(picture.XPixel)).Within(0.02));
        Assert.That(points.Select(Picture.Tip).First(), Is.EqualTo("finetune, seed 1: 91.25"));
    }

    [Test]
    public void The_box_has_the_quartiles_and_its_line_the_median()
    {
        // By hand: sorted 90, 91, 92, 94, 98; a quarter of the way is the second value, three quarters the fourth.
        Picture picture = new(Plot(Row("swa", 92, 98, 90, 94, 91)).ToSvg());

        XElement box = picture.Styled("rect", "box").First();
        double left = Picture.Number(box, "x");
        Assert.That(left, Is.EqualTo(picture.XPixel(91)).Within(0.02));
        Assert.That(left + Picture.Number(box, "width"), Is.EqualTo(picture.XPixel(94)).Within(0.02));
        XElement median = picture.Styled("line", "median").First();
        Assert.That(Picture.Number(median, "x1"), Is.EqualTo(picture.XPixel(92)).Within(0.02));
        XElement[] thin = [.. picture.Styled("line", "thin")];
        double[] whiskers =
            [.. thin.Select(w => Picture.Number(w, "x1")), .. thin.Select(w => Picture.Number(w, "x2"))];
        Assert.That(whiskers.Min(), Is.EqualTo(picture.XPixel(90)).Within(0.02));
        Assert.That(whiskers.Max(), Is.EqualTo(picture.XPixel(98)).Within(0.02));
    }

    [Test]
    public void Quartiles_between_values_are_interpolated()
    {
        // 1, 2, 4, 8: a quarter of three steps is 0.75 of the first.
        Picture picture = new(Plot(Row("m", 8, 1, 4, 2)).ToSvg());

        XElement box = picture.Styled("rect", "box").First();
        Assert.That(Picture.Number(box, "x"), Is.EqualTo(picture.XPixel(1.75)).Within(0.02));
        Assert.That(
            Picture.Number(box, "x") + Picture.Number(box, "width"), Is.EqualTo(picture.XPixel(5)).Within(0.02));
    }

    [Test]
    public void Mean_and_standard_deviation_are_drawn_and_said()
    {
        // Mean 5, squares of deviations 9 + 1 + 1 + 9 + 0 = 20, by four 5.
        Picture picture = new(Plot(Row("m", 2, 4, 6, 8, 5)).ToSvg());

        XElement mean = picture.Styled("path", "mean").First();
        Assert.That(Picture.Middle(mean).X, Is.EqualTo(picture.XPixel(5)).Within(0.02));
        Assert.That(Picture.Tip(mean), Is.EqualTo("m: 5.00 ± 2.24"));
        string spread = picture.Styled("path", "spread").First().Attribute("d")!.Value;
        double left = double.Parse(spread[1..spread.IndexOf(' ', StringComparison.Ordinal)]);
        Assert.That(left, Is.EqualTo(picture.XPixel(5 - Math.Sqrt(5))).Within(0.02));
    }

    [TestCase(1, 0, 0)]
    [TestCase(2, 0, 1)]
    [TestCase(3, 0, 1)]
    [TestCase(4, 1, 1)]
    public void Few_points_have_no_box_and_one_has_no_spread(int count, int boxes, int spreads)
    {
        double[] values = [.. Enumerable.Range(1, count).Select(i => (double)i)];

        Picture picture = new(Plot(Row("m", values)).ToSvg());

        Assert.That(Points(picture).Count(), Is.EqualTo(count));
        // What the key shows comes on top.
        Assert.That(picture.Styled("rect", "box").Count(), Is.EqualTo(2 * boxes));
        Assert.That(picture.Styled("path", "spread").Count(), Is.EqualTo(spreads + 1));
    }

    [Test]
    public void Equal_scores_of_neighbouring_seeds_are_points_apart()
    {
        Picture picture = new(Plot(Row("m", 3, 3, 3)).ToSvg());

        Assert.That(Points(picture).Select(p => Picture.Middle(p).Y), Is.Unique);
    }

    [Test]
    public void No_labels_overlap_with_twelve_methods_and_a_very_long_name()
    {
        BoxRow[] rows =
        [
            .. Enumerable.Range(1, 12)
                .Select(i => Row(i == 3 ? new string('w', 200) : $"method {i}", i, i + 1, i + 2, i + 3)),
        ];

        Picture picture = new(Plot(rows).ToSvg());

        Assert.That(picture.Collisions(), Is.Empty);
        Assert.That(picture.Texts("name"), Has.Length.EqualTo(12));
    }

    [Test]
    public void A_cell_without_runs_keeps_its_row()
    {
        Picture picture = new(Plot(Row("done", 1, 2), Row("pending")).ToSvg());

        Assert.That(picture.Texts("name"), Is.EqualTo(new[] { "done", "pending" }));
        Assert.That(Points(picture).Count(), Is.EqualTo(2));
    }

    [Test]
    public void The_table_has_a_column_for_every_seed_that_any_row_has()
    {
        BoxRow first = new("a", [new("seed 1", 1.234), new("seed 2", 2)]);
        BoxRow second = new("b", [new("seed 2", 3), new("seed 7", 4)]);

        ReportTable table = Plot(first, second).ToTable();

        Assert.That(table.Header, Is.EqualTo(new[] { "", "seed 1", "seed 2", "seed 7" }));
        Assert.That(table.Rows[0], Is.EqualTo(new[] { "a", "1.23", "2.00", "–" }));
        Assert.That(table.Rows[1], Is.EqualTo(new[] { "b", "–", "3.00", "4.00" }));
    }

    private static IEnumerable<XElement> Points(Picture picture) =>
        picture.Styled("path", "mark").Where(mark => Picture.Tip(mark) is not null);

    private static BoxPlot Plot(params BoxRow[] rows) =>
        new() { Title = "scores", Label = "accuracy × 100", Rows = rows };

    private static BoxRow Row(string name, params double[] values) =>
        new(name, [.. values.Select((value, i) => new BoxPoint($"seed {i + 1}", value))]);
}
