using System.Globalization;
using System.Net;
using System.Text;
using OrtTrainer.Reports.Charts;

namespace OrtTrainer.Reports.Documents;

/// <summary>
/// A report as one HTML file without scripts or anything to fetch. It is well-formed XML as well, so that other
/// programs can read it.
/// </summary>
internal static class HtmlPage
{
    // Columns whose words are no longer are as narrow as they can be.
    private const int ShortText = 16;

    public static string Write(ReportDocument document)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <link rel="icon" href="data:,"/>
            <title>{Escaped(document.Title)}</title>
            <style>
            {ChartStyle.Page}{PageStyle.Rules}</style>
            </head>
            <body>
            <main>
            <h1>{Escaped(document.Title)}</h1>

            """);
        AppendContents(text, document);
        for (int i = 0; i < document.Blocks.Count; i++)
        {
            AppendBlock(text, document.Blocks[i], i);
        }

        text.Append("</main>\n</body>\n</html>\n");
        return text.ToString();
    }

    private static void AppendContents(StringBuilder text, ReportDocument document)
    {
        text.Append("<nav aria-label=\"Contents\">\n<ul>\n");
        for (int i = 0; i < document.Blocks.Count; i++)
        {
            if (document.Blocks[i] is HeadingBlock { Level: 2 } heading)
            {
                string name = Escaped(heading.Text);
                text.Append(CultureInfo.InvariantCulture, $"<li><a href=\"#part-{i}\">{name}</a></li>\n");
            }
        }

        text.Append("</ul>\n</nav>\n");
    }

    private static void AppendBlock(StringBuilder text, ReportBlock block, int place)
    {
        switch (block)
        {
            case HeadingBlock heading:
                text.Append(CultureInfo.InvariantCulture, $"<h{heading.Level} id=\"part-{place}\">");
                text.Append(CultureInfo.InvariantCulture, $"{Escaped(heading.Text)}</h{heading.Level}>\n");
                break;
            case ParagraphBlock paragraph:
                text.Append(CultureInfo.InvariantCulture, $"<p>{Escaped(paragraph.Text)}</p>\n");
                break;
            case ListBlock list:
                text.Append("<ul>\n").AppendJoin('\n', list.Items.Select(item => $"<li>{Escaped(item)}</li>"))
                    .Append("\n</ul>\n");
                break;
            case CodeBlock code:
                text.Append("<pre tabindex=\"0\"><code>").Append(Escaped(code.Text)).Append("</code></pre>\n");
                break;
            case TableBlock table:
                AppendTable(text, table.Table);
                break;
            case FigureBlock figure:
                AppendFigure(text, figure);
                break;
            default:
                throw new ArgumentException($"{block.GetType().Name} has no form in HTML.", nameof(block));
        }
    }

    private static void AppendFigure(StringBuilder text, FigureBlock figure)
    {
        // A region that scrolls must be reached by the keyboard, and then needs a name.
        string size = figure.IsSmall ? "plots" : "plot";
        text.Append(CultureInfo.InvariantCulture, $"<figure class=\"{size}\">\n");
        foreach (string picture in figure.Pictures)
        {
            text.Append("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Chart\">\n")
                .Append(picture).Append("\n</div>\n");
        }

        if (figure.Table is { } table)
        {
            text.Append("<details>\n<summary>The numbers of this figure</summary>\n");
            AppendTable(text, table);
            text.Append("</details>\n");
        }

        text.Append("</figure>\n");
    }

    private static void AppendTable(StringBuilder text, ReportTable table)
    {
        string name = Escaped(table.Caption);
        text.Append(
            CultureInfo.InvariantCulture,
            $"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{name}\">\n<table>\n");
        text.Append(CultureInfo.InvariantCulture, $"<caption>{name}</caption>\n<thead>\n<tr>");
        for (int column = 0; column < table.Header.Count; column++)
        {
            string head = Escaped(table.Header[column]);
            text.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{Kind(table, column)}>{head}</th>");
        }

        text.Append("</tr>\n</thead>\n<tbody>\n");
        for (int row = 0; row < table.Rows.Count; row++)
        {
            IReadOnlyList<string> cells = table.Rows[row];
            text.Append(table.EmphasizedRows.Contains(row) ? "<tr class=\"shown\">" : "<tr>");
            text.Append(CultureInfo.InvariantCulture, $"<th scope=\"row\">{Escaped(cells[0])}</th>");
            for (int column = 1; column < cells.Count; column++)
            {
                text.Append(CultureInfo.InvariantCulture, $"<td{Kind(table, column)}>{Escaped(cells[column])}</td>");
            }

            text.Append("</tr>\n");
        }

        text.Append("</tbody>\n</table>\n</div>\n");
    }

    private static string Kind(ReportTable table, int column) => !table.IsText(column) ? " class=\"n\""
        : table.Rows.All(row => row[column].Length <= ShortText) ? " class=\"k\""
        : "";

    private static string Escaped(string text) => WebUtility.HtmlEncode(XmlText.Clean(text));
}
