using System.Xml.Linq;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports;

namespace OrtTrainer.Tests.Studies.Reports;

internal sealed class StudyReportTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("report").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_page_is_one_well_formed_file_with_nothing_to_fetch_and_no_script()
    {
        string html = Html(Synthetic.Study());

        XElement page = XDocument.Parse(html).Root!;
        Assert.That(page.Descendants().Where(e => e.Name.LocalName is "script" or "img" or "iframe"), Is.Empty);
        string[] targets =
        [
            .. page.Descendants().SelectMany(e => e.Attributes())
                .Where(a => a.Name.LocalName is "href" or "src").Select(a => a.Value),
        ];
        Assert.That(targets, Has.All.Matches<string>(t => t is ['#', ..] or "data:,"));
        Assert.That(html, Does.Not.Contain("@import").And.Not.Contain("url("));
    }

    [Test]
    public void Every_link_of_the_contents_has_its_heading()
    {
        XElement page = XDocument.Parse(Html(Synthetic.Study())).Root!;

        HashSet<string> ids = [.. page.Descendants().Attributes("id").Select(a => a.Value)];
        string[] links = [.. page.Descendants().Attributes("href").Select(a => a.Value).Where(v => v.StartsWith('#'))];
        Assert.That(links, Has.Length.GreaterThan(5));
        Assert.That(links.Select(link => link[1..]), Is.SubsetOf(ids));
    }

    [Test]
    public void The_same_results_give_the_same_bytes()
    {
        string first = Html(Synthetic.Study());
        string markdown = Markdown();

        Assert.That(Html(Synthetic.Study()), Is.EqualTo(first));
        Assert.That(Markdown(), Is.EqualTo(markdown));
    }

    [Test]
    public void Markdown_holds_the_words_and_tables_of_the_page()
    {
        XElement page = XDocument.Parse(Html(Synthetic.Study())).Root!;

        string markdown = Markdown();

        string[] paragraphs =
            [.. page.Descendants().Where(e => e.Name.LocalName is "p" or "h2" or "h3").Select(e => e.Value)];
        Assert.That(paragraphs, Has.Length.GreaterThan(20));
        foreach (string paragraph in paragraphs)
        {
            Assert.That(markdown, Does.Contain(paragraph));
        }

        string[] verdicts =
            [.. page.Descendants().Where(e => e.Name.LocalName == "tr").Select(e => e.Elements().Last().Value)];
        Assert.That(verdicts.Count(v => v == "no difference shown"), Is.GreaterThan(5));
        Assert.That(
            markdown.Split('\n').Count(line => line.EndsWith("no difference shown |", StringComparison.Ordinal)),
            Is.EqualTo(verdicts.Count(v => v == "no difference shown")));
    }

    [Test]
    public void Every_method_of_every_group_has_its_row_box_and_curve()
    {
        XElement page = XDocument.Parse(Html(Synthetic.Study())).Root!;

        string[] titles =
        [
            .. page.Descendants().Where(e => e.Name.LocalName == "svg")
                .Select(e => e.Elements().First(c => c.Name.LocalName == "title").Value),
        ];
        // Two interval plots, four box plots, and a curve for each of six methods in four groups.
        Assert.That(titles, Has.Length.EqualTo(2 + 4 + 24));
        Assert.That(titles.Count(title => title == "swa"), Is.EqualTo(4));
    }

    [Test]
    public void Markup_in_names_and_errors_is_text()
    {
        StudyRun good = Synthetic.Scored("<b>a</b>", 1, 0.5);
        StudyRun bad = Synthetic.Scored("finetune", 1, 0.5) with
        {
            Status = StudyRunStatus.Failed, Score = null, Error = "loss is NaN | at <step> 3\nsecond line & \u0002",
        };

        string html = Html(Synthetic.Results(good, bad) with { Name = "<script>x</script>", Description = "*a* [b]" });

        Assert.That(html, Does.Not.Contain("<script>").And.Not.Contain("<b>a"));
        XElement page = XDocument.Parse(html).Root!;
        Assert.That(page.Value, Does.Contain("loss is NaN | at <step> 3\nsecond line & \uFFFD"));
        Assert.That(Markdown(), Does.Contain(@"loss is NaN \| at &lt;step> 3 second line &")
            .And.Contain("# &lt;script>x").And.Contain(@"\*a\* \[b]"));
    }

    [Test]
    public void Two_runs_of_one_cell_and_seed_are_refused()
    {
        StudyResults results =
            Synthetic.Results(Synthetic.Scored("finetune", 1, 0.5), Synthetic.Scored("finetune", 1, 0.6));

        Assert.That(
            () => StudyReport.Write(results, _folder),
            Throws.ArgumentException.With.Message
                .Contains("another run of trec, pretrained, student, finetune with seed 1"));
        Assert.That(Directory.EnumerateFiles(_folder), Is.Empty);
    }

    [Test]
    public void A_study_without_a_finished_run_has_a_report_that_says_so()
    {
        StudyResults results =
            Synthetic.Results(Synthetic.Scored("finetune", 1, null), Synthetic.Scored("swa", 1, null));

        string html = Html(results);

        Assert.That(XDocument.Parse(html).Root!.Value, Does.Contain("0 of 2 runs are done, 0 failed, 2 are pending")
            .And.Contain("Nothing can be said about differences"));
    }

    private string Html(StudyResults results)
    {
        StudyReport.Write(results, _folder);
        return File.ReadAllText(Path.Combine(_folder, StudyReport.HtmlName));
    }

    private string Markdown() => File.ReadAllText(Path.Combine(_folder, StudyReport.MarkdownName));
}
