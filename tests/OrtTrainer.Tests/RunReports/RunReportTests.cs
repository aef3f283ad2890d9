using System.Text.Json;
using System.Xml.Linq;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Reports;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.RunReports;

public sealed class RunReportTests
{
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Test]
    public void A_classification_is_told_from_its_scores_to_its_cost()
    {
        using TinyTask tiny = new();
        RunSummary summary = TinyTask.Run(tiny.Options("out") with { EvalSteps = 10, MaxSteps = 30 });

        XElement page = Page(tiny, "out");
        Assert.That(Headings(page, "h2"), Is.EqualTo(new[]
        {
            "Outcome", "Learning curves", "On the evaluation data", "Data", "Settings", "Cost",
        }));
        Assert.That(Headings(page, "h3"), Is.EqualTo(new[] { "Calibration", "Surest mistakes" }));
        Assert.That(Titles(page), Is.EqualTo(new[]
        {
            "Accuracy on the evaluation data", "Loss on the evaluation data", "Training loss", "Learning rate",
            "Confusion matrix", "Reliability", "How probable",
        }));
        string[][] classes = Table(page, "Precision, recall and F1 by class");
        Assert.That(classes.Select(row => row[0]), Is.EqualTo(new[] { "animal", "food", "place" }));
        Assert.That(classes.Select(row => row[^1]), Is.EqualTo(new[] { "8", "8", "8" }));
        string[] accuracy = Table(page, "Scores; accuracy decided")[0];
        Assert.That(accuracy[1], Is.EqualTo(summary.Live.ToString("F4")));
        Assert.That(accuracy[2], Is.EqualTo(summary.Averaged!.Value.ToString("F4")));
        Assert.That(Table(page, "Settings that differ from the defaults").Select(row => row[0]),
            Is.SupersetOf(new[] { "max_steps", "batch_size", "learning_rate", "eval_steps" })
            .And.No.Member("seed").And.No.Member("metric"));
        Assert.That(page.Value, Does.Contain("averaged less live is").And.Contain($"The {summary.Exported} weights"));
        Assert.That(Table(page, "Labels by row")[0], Is.EqualTo(new[] { "animal", "20", "8", "8" }));
    }

    [Test]
    public void Wrong_predictions_stand_with_their_texts_the_surest_first()
    {
        using TinyTask tiny = new();
        TinyTask.Run(tiny.Options("out") with { MaxSteps = 1, Method = FineTuneMethod.Parse("finetune") });

        string[][] wrong = Table(Page(tiny, "out"), "Wrong predictions, the most probable first");
        string[] lines = File.ReadAllLines(tiny.Eval);
        Assert.That(wrong, Is.Not.Empty);
        foreach (string[] row in wrong)
        {
            string[] fields = lines[int.Parse(row[0]) - 1].Split('\t');
            Assert.That((row[1], row[2]), Is.EqualTo((fields[0], fields[1])));
            Assert.That(row[3], Is.Not.EqualTo(row[2]));
        }

        Assert.That(wrong.Select(row => double.Parse(row[4])), Is.Ordered.Descending);
    }

    [Test]
    public void A_regression_has_a_scatter_plot_and_the_largest_errors()
    {
        XElement page = PageOf(RegressionTask.Instance);

        Assert.That(Titles(page), Does.Contain("Predictions against the truth"));
        Assert.That(
            Table(page, "Predictions, the furthest off first")
                .Select(row => Math.Abs(double.Parse(row[4].Replace('\u2212', '-')))),
            Is.Ordered.Descending);
    }

    [Test]
    public void Labels_that_stand_apart_each_have_their_scores()
    {
        XElement page = PageOf(MultiLabelTask.Instance);

        Assert.That(Table(page, "Precision, recall and F1 by label").Select(row => row[0]),
            Is.EqualTo(new[] { "animal", "food", "place" }));
        Assert.That(Titles(page), Does.Contain("Reliability"));
    }

    [Test]
    public void Texts_of_a_corpus_have_a_report_without_rows()
    {
        using TemporaryFolder folder = new();
        TinyCorpus.Write(folder);
        TinyTask.Run(TinyCorpus.Options(folder, "out", "finetune") with { MaxSteps = 4 });

        XElement page = XElement.Parse(WithoutDoctype(File.ReadAllText(folder.File("out/run/report.html"))));
        Assert.That(Titles(page), Does.Contain("Loss by example"));
    }

    [Test]
    public void A_resumed_run_leaves_the_report_of_the_whole_run()
    {
        using TinyTask tiny = new();
        FineTuneOptions options = tiny.Options("whole") with { EvalSteps = 10, MaxSteps = 30 };
        TinyTask.Run(options);
        TinyTask.RunInParts(options with { Output = tiny.Output("parts") }, interruptedAt: 17);

        XElement whole = Page(tiny, "whole"), parts = Page(tiny, "parts");
        foreach (string caption in new[] { "Accuracy on the evaluation data, accuracy", "Scores; accuracy decided" })
        {
            Assert.That(Table(parts, caption), Is.EqualTo(Table(whole, caption)));
        }

        Assert.That(
            parts.Descendants(Svg + "svg").Take(4).Select(picture => picture.ToString()),
            Is.EqualTo(whole.Descendants(Svg + "svg").Take(4).Select(picture => picture.ToString())));
    }

    [Test]
    public void A_report_that_cannot_be_written_is_a_note_and_the_run_is_done()
    {
        using TinyTask tiny = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped { Report.Step: 1 })
            {
                Directory.CreateDirectory(Path.Combine(tiny.Output("out"), "run", "report.html", "inside"));
            }
        });

        TinyTask.Run(tiny.Options("out") with { MaxSteps = 2 }, events);

        Assert.That(events.Of<RunEvent.Noted>().Select(note => note.Message),
            Has.One.StartsWith("The report of the run was not written: "));
        Assert.That(events.Of<RunEvent.Finished>().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Neither_report_nor_card_is_left_where_none_is_wanted()
    {
        using TinyTask tiny = new();
        TinyTask.Run(tiny.Options("out") with { MaxSteps = 1, Report = false, LogTo = "none" });

        Assert.That(Path.Combine(tiny.Output("out"), "run", "report.html"), Does.Not.Exist);
        Assert.That(Path.Combine(tiny.Output("out"), "README.md"), Does.Not.Exist);
        Assert.That(Path.Combine(tiny.Output("out"), "run", "tensorboard"), Does.Not.Exist);
    }

    [TestCase(1200, false, "rgb(255, 255, 255)")]
    [TestCase(400, true, "rgb(20, 23, 27)")]
    public void Nothing_overflows_overlaps_or_fails_in_a_browser(int width, bool dark, string ground)
    {
        Browser.Require();
        using TinyTask tiny = new();
        TinyTask.Run(tiny.Options("out") with { EvalSteps = 10, MaxSteps = 30 });

        JsonElement seen = PageInBrowser.Look(File.ReadAllText(PathOf(tiny, "out")), width, dark);

        Assert.That(seen.GetProperty("page").GetInt32(), Is.EqualTo(width));
        Assert.That(seen.GetProperty("charts").GetInt32(), Is.EqualTo(7));
        Assert.That(seen.GetProperty("collisions").EnumerateArray().Select(c => c.GetString()), Is.Empty);
        Assert.That(seen.GetProperty("dark").GetBoolean(), Is.EqualTo(dark));
        Assert.That(seen.GetProperty("ground").GetString(), Is.EqualTo(ground));
    }

    private static XElement PageOf(ModelTask task)
    {
        using TinyTask tiny = new(task);
        TinyTask.Run(tiny.Options("out") with { MaxSteps = 10 });
        return Page(tiny, "out");
    }

    private static XElement Page(TinyTask tiny, string output) =>
        XElement.Parse(WithoutDoctype(File.ReadAllText(PathOf(tiny, output))));

    private static string PathOf(TinyTask tiny, string output) =>
        Path.Combine(tiny.Output(output), "run", "report.html");

    private static string WithoutDoctype(string html) => html[(html.IndexOf('\n') + 1)..];

    private static string[] Headings(XElement page, string name) =>
        [.. page.Descendants(Html + name).Select(heading => heading.Value)];

    private static string[] Titles(XElement page) =>
        [.. page.Descendants(Svg + "svg").Select(picture => picture.Element(Svg + "title")!.Value)];

    private static string[][] Table(XElement page, string caption) =>
    [
        .. page.Descendants(Html + "table").Single(table => table.Element(Html + "caption")!.Value == caption)
            .Element(Html + "tbody")!.Elements().Select(row => row.Elements().Select(cell => cell.Value).ToArray()),
    ];
}
