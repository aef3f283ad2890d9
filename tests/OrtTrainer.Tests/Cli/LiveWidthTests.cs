using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Studies;
using OrtTrainer.Tasks;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Cli;

/// <summary>Nothing that is drawn is wider than the terminal, and the bar is the last line whatever is said.</summary>
public sealed class LiveWidthTests
{
    private static readonly Dictionary<string, double> Scores = new() { ["accuracy"] = 0.912345, ["loss"] = 0.33333 };

    private static readonly RunEvent.Started Facts = new(
        "/models/mini", "bert", 22_713_216, ["classifier.weight", "classifier.bias"], 5452, 500,
        "500 of the 5952 rows of t.tsv, stratified, seed 1", 0, 73_602, 6, 17_100, 342_000, 0, "cpu", 2, true,
        941_000_000,
        ["train: 12 texts come more than once with labels that contradict each other, such as rows 1 and 2."]);

    [TestCase(120)]
    [TestCase(80)]
    [TestCase(60)]
    [TestCase(40)]
    public async Task A_run_fits_and_its_bar_stays_below_what_is_said(int width)
    {
        using StringWriter output = new();
        string drawn;
        await using (LiveRunView view = new(Watched(output, width), Options))
        {
            view.Report(Facts);
            for (int step = 1; step <= 3; step++)
            {
                view.Report(new RunEvent.Stepped(
                    new StepReport(step * 1000, new(1.23456f, 0.5f, 0.25f), 1, 9.6e-5, 32, 400), 123_456.7,
                    TimeSpan.FromHours(12)));
                await Task.Delay(250);
                view.Report(new RunEvent.Evaluated(new EvaluationPoint(step * 1000, Scores, Scores), "accuracy"));
                view.Report(new RunEvent.Noted("short"));
            }

            await Task.Delay(250);
            drawn = output.ToString();
        }

        TerminalScreen screen = TerminalScreen.Of(drawn, width);
        Assert.That(screen.HasWrapped, Is.False);
        Assert.That(screen.Rows.Count(row => row.Contains("/342,000")), Is.EqualTo(1), string.Join('\n', screen.Rows));
        Assert.That(screen.Rows[^1], Does.Contain("3,000/342,000").And.Contain("loss 1"));
        Assert.That(screen.Rows.Count(row => row == "note: short"), Is.EqualTo(3));
        string[] table = [.. screen.Rows.SkipWhile(row => !row.StartsWith("scores:", StringComparison.Ordinal))];
        Assert.That(table[0], Is.EqualTo("scores: accuracy on eval; * best so far"));
        Assert.That(table[2], Does.Match(@"^  1,000 .* 0\.9123\*.*0\.9123\*"));
        Assert.That(table[4], Does.Match(@"^  2,000 .* 0\.9123 .*0\.9123"));
    }

    [TestCase(80)]
    [TestCase(50)]
    public async Task A_study_fits_and_its_bars_stay_below_what_is_said(int width)
    {
        const string Label = "all-MiniLM-L6-v2 / pretrained / a-task-with-a-long-name / label-smoothing+swa / seed 3";
        using StringWriter output = new();
        string drawn;
        await using (LiveStudyView view = new(Watched(output, width)))
        {
            view.Report(new StudyEvent.Started("study", 2, 12, 0, 1, 2));
            view.Report(new StudyEvent.RunStarted(Label, "a"));
            view.Report(new StudyEvent.RunStepped("a", 40, 465));
            await Task.Delay(250);
            view.Report(new StudyEvent.Noted("short"));
            view.Report(new StudyEvent.RunFailed(Label + " of another kind", "b", "the disk is full"));
            await Task.Delay(250);
            drawn = output.ToString();
        }

        TerminalScreen screen = TerminalScreen.Of(drawn, width);
        Assert.That(screen.HasWrapped, Is.False);
        Assert.That(screen.Rows, Has.Exactly(1).EqualTo("note: short"));
        Assert.That(screen.Rows.Count(row => row.Contains("40/465")), Is.EqualTo(1), string.Join('\n', screen.Rows));
        Assert.That(screen.Rows[^1], Does.Contain("40/465").And.Contain("seed 3"));
    }

    [TestCase("short", new[] { "short" })]
    [TestCase("words that do not fit into it", new[] { "words that do not", "  fit into it" })]
    [TestCase("data         some rows of it", new[] { "data         some", "  rows of it" })]
    [TestCase("kept   a file of logits", new[] { "kept   a file of", "       logits" })]
    [TestCase("  one  of several words", new[] { "  one  of several", "       words" })]
    [TestCase("/a/path/that/is/far/too/long here", new[] { "/a/path/that/is/far/too/long", "  here" })]
    [TestCase("  orttrainer finetune --resume /x", new[] { "  orttrainer finetune --resume /x" })]
    public void Lines_break_between_words_and_what_is_copied_stays_whole(string line, string[] expected) =>
        Assert.That(WrappedLine.Of(line, 18), Is.EqualTo(expected));

    [TestCase(200, "loss 1.7346 (labels 1.2346, teacher 0.5000)  rate 0.0001  3,412 tokens/s  2:05 left")]
    [TestCase(60, "loss 1.7346  rate 0.0001  3,412 tokens/s  2:05 left")]
    [TestCase(40, "loss 1.7346  rate 0.0001  2:05 left")]
    [TestCase(24, "loss 1.7346  2:05 left")]
    [TestCase(11, "loss 1.7346")]
    public void Readings_say_as_much_as_fits(int width, string expected)
    {
        StepReport report = new(40, new(1.23456f, 0.5f, 0), 0.9, 1e-4, 32, 400);
        Assert.That(ReadingsColumn.Fitting(new RunEvent.Stepped(report, 3412.3, TimeSpan.FromSeconds(125)), width),
            Is.EqualTo(expected));
    }

    private static FineTuneOptions Options { get; } = new()
    {
        Model = "/models/mini",
        Output = "/runs/a",
        Data = new DataOptions { Train = "/data/t.tsv" },
    };

    private static Terminal Watched(StringWriter output, int width) => new()
    {
        Out = TextWriter.Synchronized(output),
        Error = TextWriter.Null,
        Input = Stream.Null,
        IsInteractive = true,
        Width = width,
    };
}
