using System.Globalization;
using System.Xml.Linq;
using OrtTrainer.Studies.Reports.Charts;
using OrtTrainer.Tests.Reports.Charts;

namespace OrtTrainer.Tests.Studies.Reports.Charts;

internal sealed class IntervalPlotTests
{
    [Test]
    public void Estimate_and_bounds_lie_where_the_axis_says()
    {
        Picture picture = new(Plot(new IntervalRow("swa", 0.5, -1, 2)).ToSvg());

        Assert.That(Picture.Middle(Markers(picture).Single()).X, Is.EqualTo(picture.XPixel(0.5)).Within(0.02));
        (double from, double to) = Bar(picture.Styled("path", "line", "s0").First());
        Assert.That(from, Is.EqualTo(picture.XPixel(-1)).Within(0.02));
        Assert.That(to, Is.EqualTo(picture.XPixel(2)).Within(0.02));
    }

    [TestCase(1, 2, 3)]
    [TestCase(-3, -2.5, -2)]
    public void Zero_is_always_on_the_axis(double low, double estimate, double high)
    {
        Picture picture = new(Plot(new IntervalRow("m", estimate, low, high)).ToSvg());

        XElement zero = picture.Styled("line", "zero").Single();
        Assert.That(Picture.Number(zero, "x1"), Is.EqualTo(picture.XPixel(0)).Within(0.02));
        Assert.That(Picture.Number(zero, "x2"), Is.EqualTo(Picture.Number(zero, "x1")));
    }

    [Test]
    public void A_difference_that_is_shown_is_filled_and_others_are_hollow()
    {
        Picture picture = new(Plot(
            new IntervalRow("a", 1, 0.5, 1.5) { Shown = true }, new IntervalRow("b", 1, -0.5, 2.5)).ToSvg());

        string[] looks = [.. Markers(picture).Select(m => m.Attribute("class")!.Value.Split(' ')[0])];
        Assert.That(looks, Is.EqualTo(new[] { "mark", "hollow" }));
        Assert.That(picture.Texts("legend"), Is.EqualTo(new[] { "shown", "not shown" }));
    }

    [Test]
    public void Numbers_stand_beside_their_rows()
    {
        Picture picture = new(Plot(
            new IntervalRow("a", 1.234, -0.001, 2.5), new IntervalRow("b", -0.5, null, null),
            new IntervalRow("c", null, null, null) { Note = "not compared" }).ToSvg());

        Assert.That(
            picture.Texts("numbers"), Is.EqualTo(new[] { "+1.23  (0.00 to +2.50)", "−0.50", "not compared" }));
        double[] names = [.. picture.Styled("text", "name").Select(t => Picture.Number(t, "y"))];
        Assert.That(picture.Styled("text", "numbers").Select(t => Picture.Number(t, "y")), Is.EqualTo(names));
        Assert.That(Markers(picture).Count(), Is.EqualTo(2));
    }

    [Test]
    public void Rows_follow_the_heading_of_their_group()
    {
        IntervalPlot plot = Plot(new IntervalRow("a", 1, 0, 2)) with
        {
            Groups =
            [
                new("trec", [new("a", 1, 0, 2), new("b", 1, 0, 2)]),
                new("cola", [new("a", 1, 0, 2)]),
            ],
        };

        Picture picture = new(plot.ToSvg());

        double[] headings = [.. picture.Styled("text", "group").Select(t => Picture.Number(t, "y"))];
        double[] names = [.. picture.Styled("text", "name").Select(t => Picture.Number(t, "y"))];
        Assert.That(picture.Texts("group"), Is.EqualTo(new[] { "trec", "cola" }));
        double[] order = [headings[0], names[0], names[1], headings[1], names[2]];
        Assert.That(order, Is.Ordered);
    }

    [Test]
    public void No_labels_overlap_with_many_methods_tasks_and_long_names()
    {
        IntervalRow[] rows =
        [
            .. Enumerable.Range(1, 12).Select(i => new IntervalRow(
                i == 4 ? "annealing-distillation with a teacher of a very long name" : $"method {i}",
                i, i - 100, i + 100)),
        ];
        IntervalPlot plot = Plot() with
        {
            Groups = [.. Enumerable.Range(1, 5).Select(i => new IntervalGroup($"task {i}", rows))],
        };

        Assert.That(new Picture(plot.ToSvg()).Collisions(), Is.Empty);
    }

    [Test]
    public void Bounds_without_end_leave_the_estimate_alone()
    {
        Picture picture = new(Plot(
            new IntervalRow("m", 1, double.NegativeInfinity, double.PositiveInfinity)).ToSvg());

        Assert.That(Markers(picture).Count(), Is.EqualTo(1));
        // The two in the key remain.
        Assert.That(picture.Styled("path", "line").Count(), Is.EqualTo(2));
    }

    private static IEnumerable<XElement> Markers(Picture picture) =>
        picture.Elements("path").Where(path => Picture.Tip(path) is not null);

    // The bar's path is M left top, down, to the middle, H right, up and down.
    private static (double From, double To) Bar(XElement line)
    {
        string path = line.Attribute("d")!.Value;
        int h = path.IndexOf('H', StringComparison.Ordinal);
        int blank = path.IndexOf(' ', StringComparison.Ordinal);
        return (Parse(path[1..blank]), Parse(path[(h + 1)..path.IndexOf('m', h)]));
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static IntervalPlot Plot(params IntervalRow[] rows) => new()
    {
        Title = "differences", Label = "difference", ShownMeans = "shown", NotShownMeans = "not shown",
        Groups = [new("trec", rows)],
    };
}
