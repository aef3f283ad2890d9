using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Cli;

/// <summary>One table for the rows of a run, watched or in a log, and never wider than there is room.</summary>
public sealed class TrainingTableTests
{
    private static readonly FineTuneOptions Options = new()
    {
        Model = "/models/mini",
        Output = "/runs/a",
        Data = new DataOptions { Train = "/data/t.tsv" },
    };

    private static readonly RunEvent.Started Facts = new(
        "/models/mini", "bert", 22_713_216, [], 5452, 500, "eval.tsv", 0, 73_602, 6, 171, 342, 0, "cpu", 2, true,
        941_000_000, [])
    {
        Metric = "mcc",
    };

    [Test]
    public void The_table_at_100_columns()
    {
        TrainingTable table = new(100, Options, Facts);
        table.Add(Step(1, 1.5f));
        string[] first = [.. table.StepRow()];
        table.Add(Step(170, 0.75f));
        table.Add(Step(171, 0.25f));
        string[] evaluated = [.. table.EvaluationRow(Evaluation(171, 0.5, null))];
        table.Add(Step(342, 0.25f));
        string[] last = [.. table.EvaluationRow(Evaluation(342, 0.4375, 0.5625))];

        Assert.That(string.Join('\n', [.. first, .. evaluated, .. last]), Is.EqualTo("""
            scores: mcc on eval; * best so far
            step  epoch     loss      rate  eval loss      live  averaged  tokens/s     left
               1   0.01   1.5000    0.0001          -        -         -      3,412     2:05
             171   1.00   0.5000    0.0001     0.7500   0.5000*        -      3,412     2:05
             342   2.00   0.2500    0.0001     0.7500   0.4375    0.5625*     3,412     2:05
            """.ReplaceLineEndings("\n")));
    }

    [TestCase(120, "step epoch loss labels teacher rate eval live averaged tokens/s left")]
    [TestCase(100, "step epoch loss labels teacher rate eval live averaged tok/s left")]
    [TestCase(80, "step epoch loss rate eval live averaged tok/s left")]
    [TestCase(60, "step epoch loss rate live averaged")]
    [TestCase(40, "step loss live averaged")]
    [TestCase(27, "step loss live")]
    [TestCase(20, "step live")]
    public void Columns_give_way_where_there_is_little_room(int width, string expected)
    {
        TrainingTable table = new(width, Options, Facts with { StepsPerEpoch = 17_100, TotalSteps = 342_000 });
        table.Add(Step(341_000, 0.75f, teacher: 0.5f));

        string[] lines = [.. table.EvaluationRow(Evaluation(341_000, 0.5, 0.5))];

        string[] head = lines[^2].Replace("eval loss", "eval").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(head, Is.EqualTo(expected.Split(' ')));
        Assert.That(lines, Has.All.Length.LessThanOrEqualTo(width));
        Assert.That(lines[^1], Does.StartWith("341,000").And.Contain("0.5000*"));
    }

    [Test]
    public void The_head_stands_again_after_twenty_rows_and_where_a_part_of_the_loss_comes()
    {
        TrainingTable table = new(120, Options, Facts);
        List<string> lines = [];
        for (int step = 1; step <= 30; step++)
        {
            table.Add(Step(step, 1, teacher: step < 25 ? 0 : 0.5f));
            lines.AddRange(table.StepRow());
        }

        int[] heads = [.. lines.Index().Where(line => line.Item.StartsWith("step", StringComparison.Ordinal))
            .Select(line => line.Index)];
        Assert.That(heads, Is.EqualTo(new[] { 1, 23, 29 }));
        Assert.That(lines[1], Does.Not.Contain("labels"));
        Assert.That(lines[29], Does.Contain("loss   labels  teacher"));
        Assert.That(lines[30], Does.Contain("1.5000   1.0000   0.5000"));
    }

    [Test]
    public void The_mark_counts_what_a_resumed_run_scored_before()
    {
        TrainingTable table = new(100, Options, Facts with
        {
            Past = [new EvaluationPoint(100, Scores(0.5), Scores(0.25))],
        });

        string row = table.EvaluationRow(Evaluation(171, 0.4375, 0.4375)).Last();

        Assert.That(row, Does.Contain("0.4375    0.4375*"));
    }

    [Test]
    public void Lower_is_better_where_the_metric_says_so_and_there_is_no_column_without_an_average()
    {
        FineTuneOptions pretraining = Options with
        {
            Method = FineTuneMethod.Parse("finetune"),
            Data = Options.Data with { Task = MaskedLanguageModelTask.Instance },
        };
        TrainingTable table = new(80, pretraining, Facts);
        Dictionary<string, double> before = new() { ["perplexity"] = 31_250, ["loss"] = 10.35 };
        Dictionary<string, double> after = new() { ["perplexity"] = 724.7805, ["loss"] = 6.5859 };

        string[] lines =
        [
            .. table.EvaluationRow(new(new EvaluationPoint(171, before, null), "perplexity")),
            .. table.EvaluationRow(new(new EvaluationPoint(342, after, null), "perplexity")),
        ];

        Assert.That(lines[0], Is.EqualTo("scores: perplexity on eval; * best so far"));
        Assert.That(lines[1], Does.Not.Contain("averaged"));
        Assert.That(lines[2], Does.Contain(" 3.12E+04*"));
        Assert.That(lines[3], Does.Contain(" 724.78*"));
        Assert.That(lines, Has.All.Length.LessThanOrEqualTo(80));
    }

    [TestCase(40)]
    [TestCase(100)]
    public async Task A_log_has_the_same_table(int width)
    {
        using StringWriter output = new();
        Terminal terminal = new() { Out = output, Error = TextWriter.Null, Input = Stream.Null, Width = width };
        TrainingTable table = new(width, Options, Facts);
        table.Add(Step(171, 0.5f));
        await using (PlainRunView view = new(terminal, Options))
        {
            view.Report(Facts);
            view.Report(Step(171, 0.5f));
            view.Report(Evaluation(171, 0.5, 0.5));
        }

        string[] drawn = [.. output.ToString().ReplaceLineEndings("\n").Split('\n')
            .SkipWhile(line => !line.StartsWith("scores", StringComparison.Ordinal))];
        Assert.That(drawn[..3], Is.EqualTo(table.StepRow()));
        Assert.That(drawn, Has.All.Length.LessThanOrEqualTo(width));
        Assert.That(drawn[3], Does.Contain("0.5000*   0.5000*"));
    }

    [Test]
    public void Without_colours_nothing_is_coloured()
    {
        using StringWriter output = new();
        Terminal terminal = new()
        {
            Out = output, Error = TextWriter.Null, Input = Stream.Null, IsInteractive = true, HasColors = false,
        };

        Spectre.Console.AnsiConsoleExtensions.Write(terminal.CreateConsole(), "x", new(Spectre.Console.Color.Red));

        Assert.That(output.ToString(), Does.Contain('x').And.Not.Contain("\u001b["));
    }

    private static RunEvent.Stepped Step(long step, float labels, float teacher = 0) =>
        new(new StepReport(step, new(labels, teacher), 0.9, 1e-4, 32, 400), 3412.3, TimeSpan.FromSeconds(125));

    private static RunEvent.Evaluated Evaluation(long step, double live, double? averaged) =>
        new(new EvaluationPoint(step, Scores(live), averaged is { } score ? Scores(score) : null), "mcc");

    private static Dictionary<string, double> Scores(double score) => new() { ["mcc"] = score, ["loss"] = 0.75 };
}
