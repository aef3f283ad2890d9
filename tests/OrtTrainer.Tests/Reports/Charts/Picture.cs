using System.Globalization;
using System.Xml.Linq;
using OrtTrainer.Reports.Charts;

namespace OrtTrainer.Tests.Reports.Charts;

/// <summary>An SVG chart read back as XML, with what tests ask of it.</summary>
internal sealed class Picture
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public Picture(string svg)
    {
        Root = XDocument.Parse(svg).Root!;
    }

    public XElement Root { get; }

    public double Width => Number(Root, "width");

    public double Height => Number(Root, "height");

    public IEnumerable<XElement> Elements(string name) => Root.Elements(Svg + name);

    /// <summary>Elements that have all these classes.</summary>
    public IEnumerable<XElement> Styled(string name, params string[] classes) =>
        Elements(name).Where(e => classes.All(c => Classes(e).Contains(c)));

    /// <summary>The words of texts with this class, in the order drawn.</summary>
    public string[] Texts(string style) => [.. Styled("text", style).Select(Words)];

    /// <summary>Where the horizontal axis puts a value, by its own tick labels alone.</summary>
    public double XPixel(double value) => Interpolated(value, XTicks());

    /// <summary>Where the vertical axis puts a value, by its own tick labels alone.</summary>
    public double YPixel(double value) => Interpolated(value, YTicks());

    /// <summary>The first point of a path.</summary>
    public static (double X, double Y) Start(XElement path)
    {
        (double X, double Y)[] points = Points(path);
        return points[0];
    }

    /// <summary>All points of a path of straight lines.</summary>
    public static (double X, double Y)[] Points(XElement path) =>
    [
        .. path.Attribute("d")!.Value.Split(['M', 'L', 'Z'], StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split(' ')).Select(pair => (Parse(pair[0]), Parse(pair[1]))),
    ];

    /// <summary>The middle of a marker of straight lines or arcs: the middle of its box.</summary>
    public static (double X, double Y) Middle(XElement marker)
    {
        string data = marker.Attribute("d")!.Value;
        int arc = data.IndexOf('a', StringComparison.Ordinal);
        if (arc >= 0)
        {
            string[] start = data[1..arc].Split(' ');
            double radius = Parse(data[(arc + 1)..].Split(' ')[0]);
            return (Parse(start[0]) + radius, Parse(start[1]));
        }

        (double X, double Y)[] points = Points(marker);
        return ((points.Min(p => p.X) + points.Max(p => p.X)) / 2, (points.Min(p => p.Y) + points.Max(p => p.Y)) / 2);
    }

    /// <summary>What the pointer is told over an element.</summary>
    public static string? Tip(XElement element) => element.Element(Svg + "title")?.Value;

    /// <summary>An attribute as a number.</summary>
    public static double Number(XElement element, string attribute) => Parse(element.Attribute(attribute)!.Value);

    /// <summary>Pairs of texts whose estimated boxes overlap, and texts that leave the picture.</summary>
    public IEnumerable<string> Collisions()
    {
        (string Text, double Left, double Top, double Right, double Bottom)[] boxes = [.. Elements("text").Select(Box)];
        for (int i = 0; i < boxes.Length; i++)
        {
            var a = boxes[i];
            if (a.Left < -0.5 || a.Top < -0.5 || a.Right > Width + 0.5 || a.Bottom > Height + 0.5)
            {
                yield return $"'{a.Text}' leaves the picture";
            }

            foreach (var b in boxes[(i + 1)..])
            {
                if (a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom)
                {
                    yield return $"'{a.Text}' overlaps '{b.Text}'";
                }
            }
        }
    }

    private static (string, double, double, double, double) Box(XElement text)
    {
        string words = Words(text);
        double width = TextWidth.Of(words, 12);
        double x = Number(text, "x");
        double left = text.Attribute("text-anchor")!.Value switch
        {
            "start" => x,
            "middle" => x - (width / 2),
            _ => x - width,
        };
        return (words, left, Number(text, "y") - 10, left + width, Number(text, "y") + 3);
    }

    private static string Words(XElement text) => string.Concat(text.Nodes().OfType<XText>().Select(t => t.Value));

    private (double Value, double Pixel)[] XTicks() =>
        [.. Styled("text", "tick").Where(IsBelow).Select(t => (Parse(Words(t)), Number(t, "x")))];

    private (double Value, double Pixel)[] YTicks() =>
        [.. Styled("text", "tick").Where(t => !IsBelow(t)).Select(t => (Parse(Words(t)), Number(t, "y") - 4))];

    private static bool IsBelow(XElement tick) => tick.Attribute("text-anchor")!.Value == "middle";

    private static double Interpolated(double value, (double Value, double Pixel)[] ticks)
    {
        Assert.That(ticks, Has.Length.GreaterThan(1), "an axis needs two ticks to be read");
        (double low, double from) = ticks[0];
        (double high, double to) = ticks[^1];
        return from + ((value - low) / (high - low) * (to - from));
    }

    private static string[] Classes(XElement element) => (element.Attribute("class")?.Value ?? "").Split(' ');

    private static double Parse(string text) =>
        double.Parse(
            text.Replace('\u2212', '-'), NumberStyles.Float | NumberStyles.AllowThousands,
            CultureInfo.InvariantCulture);
}
