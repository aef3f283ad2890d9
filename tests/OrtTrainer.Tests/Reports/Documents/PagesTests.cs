using System.Xml.Linq;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.Tests.Reports.Documents;

internal sealed class PagesTests
{
    private static readonly ReportTable Table = new(
        "scores | all", ["method", "score", "verdict"],
        [["a*b", "1.5", "no difference shown"], ["x", "−10.25", "higher"]])
    {
        TextColumns = [2], EmphasizedRows = [1],
    };

    [Test]
    public void Markdown_tables_are_padded_aligned_and_escaped()
    {
        string text = MarkdownPage.Write(new ReportDocument("T", [new TableBlock(Table)]));

        Assert.That(text, Is.EqualTo(
            """
            # T

            scores \| all

            | method |  score | verdict             |
            | ------ | -----: | ------------------- |
            | a\*b   |    1.5 | no difference shown |
            | x      | −10.25 | higher              |

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Markdown_writes_every_kind_of_block_in_order()
    {
        ReportDocument document = new("T",
        [
            new HeadingBlock(2, "Part"), new ParagraphBlock("words <b>"), new ListBlock(["one", "two"]),
            new CodeBlock("a | b"), new FigureBlock(["<svg/>"], Table), new FigureBlock(["<svg/>"], Table),
            new FigureBlock(["<svg/>"], Table) { TableStandsAlone = true },
        ]);

        string text = MarkdownPage.Write(document);

        Assert.That(text, Does.StartWith(
            "# T\n\n## Part\n\nwords &lt;b>\n\n- one\n- two\n\n```\na | b\n```\n\n" +
            "The page in HTML draws this.\n\nscores"));
        Assert.That(text, Does.Not.Contain("svg"));
    }

    [Test]
    public void Html_names_rows_and_columns_for_screen_readers()
    {
        XElement page = XDocument.Parse(HtmlPage.Write(new ReportDocument("a & b", [new TableBlock(Table)]))).Root!;

        XElement table = page.Descendants().Single(e => e.Name.LocalName == "table");
        XElement[] headers = [.. table.Descendants().Where(e => e.Name.LocalName == "th")];
        Assert.That(headers.Count(h => h.Attribute("scope")!.Value == "col"), Is.EqualTo(3));
        string[] rowNames = [.. headers.Where(h => h.Attribute("scope")!.Value == "row").Select(h => h.Value)];
        Assert.That(rowNames, Is.EqualTo(new[] { "a*b", "x" }));
        Assert.That(table.Elements().First().Value, Is.EqualTo("scores | all"));
        XElement[] rows = [.. table.Descendants().Where(e => e.Name.LocalName == "tr")];
        Assert.That(rows[2].Attribute("class")?.Value, Is.EqualTo("shown"));
        Assert.That(rows[1].Attribute("class"), Is.Null);
        Assert.That(page.Descendants().First(e => e.Name.LocalName == "title").Value, Is.EqualTo("a & b"));
    }

    [Test]
    public void Html_draws_figures_with_their_numbers_below()
    {
        const string Picture = "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>t</title></svg>";
        FigureBlock figure = new([Picture, Picture], Table);

        XElement page = XDocument.Parse(HtmlPage.Write(new ReportDocument("T", [figure]))).Root!;

        XElement drawn = page.Descendants().Single(e => e.Name.LocalName == "figure");
        Assert.That(drawn.Descendants().Count(e => e.Name.LocalName == "svg"), Is.EqualTo(2));
        Assert.That(drawn.Elements().Last().Name.LocalName, Is.EqualTo("details"));
        Assert.That(drawn.Elements().Last().Value, Does.Contain("−10.25"));
    }
}
