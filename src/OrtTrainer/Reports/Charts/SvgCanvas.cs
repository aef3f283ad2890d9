using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace OrtTrainer.Reports.Charts;

/// <summary>
/// An SVG picture under construction. Coordinates are pixels from the upper left corner, written to a hundredth; every
/// text is escaped, and characters that XML has no room for become U+FFFD. Colours come from the classes of
/// <see cref="ChartStyle"/>.
/// </summary>
internal sealed class SvgCanvas
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly XElement _root;

    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="title">The picture's name for those who do not see it.</param>
    /// <param name="description">What it shows.</param>
    public SvgCanvas(double width, double height, string title, string description)
    {
        _root = new XElement(
            Svg + "svg", new XAttribute("class", "chart"), new XAttribute("role", "img"),
            new XAttribute("viewBox", $"0 0 {Number(width)} {Number(height)}"),
            new XAttribute("width", Number(width)), new XAttribute("height", Number(height)),
            new XElement(Svg + "title", XmlText.Clean(title)), new XElement(Svg + "desc", XmlText.Clean(description)));
    }

    public void Line(string style, double x1, double y1, double x2, double y2) => Add(
        "line", style, null, ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)));

    public void Rectangle(string style, double x, double y, double width, double height) => Add(
        "rect", style, null, ("x", Number(x)), ("y", Number(y)), ("width", Number(width)), ("height", Number(height)));

    /// <param name="style">Classes.</param>
    /// <param name="data">Path data.</param>
    /// <param name="tip">Shown when the pointer rests on it; null for none.</param>
    public void Path(string style, string data, string? tip = null) => Add("path", style, tip, ("d", data));

    /// <param name="style">Classes.</param>
    /// <param name="x">The anchor's pixel.</param>
    /// <param name="y">The baseline's pixel.</param>
    /// <param name="text">One line.</param>
    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    /// <param name="tip">Shown when the pointer rests on it; null for none.</param>
    public void Text(string style, double x, double y, string text, string anchor = "start", string? tip = null)
    {
        XElement element = Add("text", style, tip, ("x", Number(x)), ("y", Number(y)), ("text-anchor", anchor));
        element.Add(new XText(XmlText.Clean(text)));
    }

    /// <summary>Text that runs upwards to the place where it ends.</summary>
    /// <param name="style">Classes.</param>
    /// <param name="x">The baseline's pixel.</param>
    /// <param name="y">The pixel of its end.</param>
    /// <param name="text">One line.</param>
    /// <param name="tip">Shown when the pointer rests on it; null for none.</param>
    public void Upright(string style, double x, double y, string text, string? tip = null)
    {
        XElement element = Add(
            "text", style, tip, ("x", Number(x)), ("y", Number(y)), ("text-anchor", "end"),
            ("transform", $"rotate(-90 {Number(x)} {Number(y)})"));
        element.Add(new XText(XmlText.Clean(text)));
    }

    /// <summary>The picture as an element for an HTML page that has the <see cref="ChartStyle"/>.</summary>
    public string ToInline() => Write(_root);

    /// <summary>The picture as a file of its own.</summary>
    public string ToFile()
    {
        XElement alone = new(_root);
        alone.Element(Svg + "desc")!.AddAfterSelf(new XElement(Svg + "style", $"\n{ChartStyle.File}"));
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{Write(alone)}\n";
    }

    /// <summary>A coordinate as it is written: at most two decimals.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private XElement Add(string name, string style, string? tip, params (string Name, string Value)[] attributes)
    {
        XElement element = new(Svg + name, new XAttribute("class", style));
        foreach ((string attribute, string value) in attributes)
        {
            element.Add(new XAttribute(attribute, value));
        }

        if (tip is not null)
        {
            element.Add(new XElement(Svg + "title", XmlText.Clean(tip)));
        }

        _root.Add(element);
        return element;
    }

    // Elements with text are not broken into lines by the writer, so that indenting changes no text.
    private static string Write(XElement element)
    {
        StringBuilder text = new();
        XmlWriterSettings settings = new()
        {
            OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n",
        };
        using (XmlWriter writer = XmlWriter.Create(text, settings))
        {
            element.WriteTo(writer);
        }

        return text.ToString();
    }
}
