using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Studies;
using OrtTrainer.Tests.Studies.Reports;

namespace OrtTrainer.Tests.Cli;

public sealed class StudyRenderingTests
{
    private static readonly StudyEvent.Started Started = new("small [study]", 2, 10, 7, 2, 1);
    private static readonly StudyEvent.RunStarted First = new("mini / swa, seed 1", "runs/swa/seed-1");
    private static readonly StudyEvent.RunDone Done =
        new(First.Label, First.Folder, "accuracy", 0.5, 0.5625, 12.3, 8);

    [Test]
    public async Task A_watched_study_draws_bars_and_leaves_a_line_for_every_run_that_ended()
    {
        using StringWriter output = new();
        LiveStudyView view = new(Watched(output));

        view.Report(Started);
        view.Report(First);
        view.Report(new StudyEvent.RunStarted("mini / [kd], seed 2", "runs/kd/seed-2"));
        await Task.Delay(300);
        string beforeSteps = output.ToString();
        view.Report(new StudyEvent.RunStepped(First.Folder, 171, 342));
        await Task.Delay(300);
        view.Report(Done);
        view.Report(new StudyEvent.RunFailed("mini / [kd], seed 2", "runs/kd/seed-2", "no\nteacher"));
        view.Report(new StudyEvent.RunStepped("runs/kd/seed-2", 1, 2));
        await Task.Delay(300);
        await view.FinishedAsync(Synthetic.Study(), "/studies/small");

        string text = output.ToString();
        Assert.That(text, Does.StartWith("small [study]: 2 cells, 10 runs, 7 of them done; 2 side by side"));
        Assert.That(beforeSteps, Does.Contain("7/10").And.Contain("mini / [kd], seed 2").And.Not.Contain("/100"));
        Assert.That(text, Does.Contain("171/342").And.Contain("8/10"));
        Assert.That(text, Does.Contain(" 8/10  accuracy 0.5000, averaged 0.5625  0:12  mini / swa, seed 1"));
        Assert.That(text, Does.Contain("failed  mini / [kd], seed 2: no teacher"));
        Assert.That(text[text.LastIndexOf('\u001b')..],
            Does.Contain("120 of 120 runs done").And.Contain("/studies/small/report.html"), "the bars are gone");
    }

    [Test]
    public async Task An_interrupted_study_that_is_watched_says_how_to_go_on()
    {
        using StringWriter output = new();
        LiveStudyView view = new(Watched(output));

        view.Report(Started);
        await view.InterruptedAsync("orttrainer study s.json --out o");

        Assert.That(output.ToString().TrimEnd(),
            Does.EndWith($"Interrupted; what was done is saved. Go on with:{Environment.NewLine}" +
                "  orttrainer study s.json --out o"));
    }

    [Test]
    public async Task A_view_that_nothing_was_told_ends()
    {
        using StringWriter output = new();
        await using (new LiveStudyView(Watched(output)))
        {
        }

        Assert.That(output.ToString(), Is.Empty);
    }

    private static Terminal Watched(StringWriter output) => new()
    {
        Out = TextWriter.Synchronized(output),
        Error = TextWriter.Null,
        Input = Stream.Null,
        IsInteractive = true,
        Width = 120,
    };
}
