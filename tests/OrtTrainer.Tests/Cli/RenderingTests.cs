using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Cli;

public sealed class RenderingTests
{
    private static readonly RunSummary Summary = new()
    {
        Metric = "mcc",
        Live = 0.5,
        Averaged = 0.5625,
        Exported = "averaged",
        DifferenceInterval = [-0.01, 0.13],
        EvalLive = new Dictionary<string, double> { ["mcc"] = 0.5, ["loss"] = 0.75 },
        EvalAveraged = new Dictionary<string, double> { ["mcc"] = 0.5625, ["loss"] = 0.625 },
        TestLive = 0.4,
        TestAveraged = 0.45,
        NAveraged = 1234,
        Steps = 2468,
        TrainSeconds = 3723.4,
        ExamplesPerSecond = 21.2,
        TokensPerSecond = 2120.4,
        Seed = 1,
        ExportDifference = 1.5e-6,
    };

    private static readonly FineTuneOptions Options = new()
    {
        Model = "/models/mini",
        Output = "/runs/a b",
        Data = new DataOptions { Train = "/data/t.tsv" },
        Epochs = 2,
    };

    private static readonly RunEvent.Started Facts = new(
        "/models/mini", "bert", 22_713_216, ["classifier.weight", "classifier.bias"], 5452, 500,
        "500 of the 5952 rows of t.tsv", 0, 73_602, 6, 171, 342, 0, "cpu", 2, true, 941_000_000,
        ["train: something to know."]);

    [Test]
    public void The_result_at_100_columns()
    {
        Assert.That(Printed(terminal => RunResult.Print(Summary, terminal)), Is.EqualTo("""

              weights            eval mcc   eval loss   test mcc
            ──────────────────────────────────────────────────────
              live                 0.5000      0.7500     0.4000
              averaged (1,234)     0.5625      0.6250     0.4500

            averaged - live on eval: +0.0625, 95 % interval -0.0100 to +0.1300: no difference shown
            exported: the averaged weights, which have the better mcc on eval
            checked: the ONNX model's logits differ from the training graph's by 1.5e-6 at most
            trained: 2,468 steps in 1:02:03, 21 examples/s, 2,120 tokens/s

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void The_result_of_plain_fine_tuning_has_one_row_and_no_difference()
    {
        RunSummary plain = Summary with
        {
            Averaged = null,
            EvalAveraged = null,
            DifferenceInterval = null,
            TestLive = null,
            TestAveraged = null,
            Exported = "live",
            StoppedBy = "patience",
        };

        string text = Printed(terminal => RunResult.Print(plain, terminal));

        Assert.That(text, Does.Not.Contain("averaged").And.Not.Contain("test"));
        Assert.That(text, Does.Contain("exported: the live weights, there being no others\n"));
        Assert.That(text, Does.EndWith("tokens/s, ended for want of better scores\n"));
    }

    [Test]
    public void A_model_of_no_use_is_told_behind_what_was_exported()
    {
        string[] lines = [.. RunResult.Lines(Summary with { Warning = "accuracy 0.3 is not above 0.4." })];

        Assert.That(lines[1], Does.StartWith("exported: "));
        Assert.That(lines[2], Is.EqualTo("warning: accuracy 0.3 is not above 0.4."));
    }

    [TestCase(0.01, 0.1, "a difference beyond chance")]
    [TestCase(-0.1, -0.01, "a difference beyond chance")]
    [TestCase(-0.1, 0.01, "no difference shown")]
    [TestCase(0, 0.01, "no difference shown")]
    public void A_difference_is_claimed_only_where_the_interval_leaves_out_zero(double low, double high, string verdict)
    {
        string line = RunResult.Lines(Summary with { DifferenceInterval = [low, high] }).First();

        Assert.That(line, Does.EndWith(": " + verdict));
    }

    [Test]
    public void Equal_scores_are_told_as_the_reason_for_the_average()
    {
        string line = RunResult.Lines(Summary with { Averaged = 0.5 }).ElementAt(1);

        Assert.That(line, Is.EqualTo(
            "exported: the averaged weights, as scores on eval are equal, where the average is taken"));
    }

    [Test]
    public void The_header_of_a_run()
    {
        RunEvent.Started facts = Facts with { Notes = ["t.tsv: something that was decided."] };

        Assert.That(RunHeader.Lines(facts, Options), Is.EqualTo(new[]
        {
            "model        mini (bert), 22.7 M parameters",
            "new weights  classifier.weight, classifier.bias, at random",
            "examples     5,452 train, 500 eval; 6 labels",
            "eval data    500 of the 5952 rows of t.tsv",
            "tokens       73,602 per epoch, 13.5 per example",
            "steps        342 of 32 examples, 171 per epoch",
            "method       swa from 50% of the steps on, every step, learning rate 0.0001 constant_with_warmup, seed 1",
            "device       cpu, 2 threads, fp32, C# kernels",
            "memory       about 941 MB at the peak",
            "output       \"/runs/a b\"",
            "note: t.tsv: something that was decided.",
            "warning: train: something to know.",
        }));
    }

    [Test]
    public void The_header_tells_accumulation_ema_and_where_a_resumed_run_goes_on()
    {
        string[] lines = [.. RunHeader.Lines(
            Facts with { StartStep = 40, Kernels = false, Threads = 1, Initialized = [] },
            Options with { Accumulation = 2, Method = FineTuneMethod.Of(new Ema { Decay = 0.99 }) })];

        Assert.That(lines, Does.Contain("steps        342 of 2 x 32 examples, 171 per epoch; going on from step 40"));
        Assert.That(lines, Does.Contain("method       ema with decay 0.99, learning rate 5E-05 linear, seed 1"));
        Assert.That(lines, Does.Contain("device       cpu, 1 thread, fp32, function bodies"));
        Assert.That(lines, Has.None.StartsWith("new weights"));
    }

    [Test]
    public void The_header_tells_of_batches_of_like_length() => Assert.That(
        RunHeader.Lines(Facts, Options with { BatchByLength = 50 }),
        Does.Contain("steps        342 of 32 examples of like length among 50 batches, 171 per epoch"));

    [Test]
    public void The_header_tells_of_graphs_and_what_they_pad() => Assert.That(
        RunHeader.Lines(
            Facts with { Buckets = 5, BucketPadding = 2.34 }, Options with { CudaGraphs = RecordingMode.Auto }),
        Does.Contain("cuda graphs  auto, 5 shapes of batches, 2.3 % of their tokens are padding"));

    [Test]
    public async Task A_watched_run_draws_a_bar_and_leaves_the_result()
    {
        using StringWriter output = new();
        Terminal terminal = new()
        {
            Out = TextWriter.Synchronized(output),
            Error = TextWriter.Null,
            Input = Stream.Null,
            IsInteractive = true,
            Width = 120,
        };
        await using (LiveRunView view = new(terminal, Options))
        {
            view.Report(Facts);
            view.Report(new RunEvent.Stepped(
                new StepReport(171, new(0.5f, 0, 0), 1, 1e-4, 32, 400), 3412, TimeSpan.FromSeconds(9)));
            view.Report(new RunEvent.Evaluated(new EvaluationPoint(171, Summary.EvalLive, null), "mcc"));
            await Task.Delay(300);
            view.Report(new RunEvent.Finished(Summary));
        }

        string text = output.ToString();
        Assert.That(text, Does.Contain("model        mini (bert), 22.7 M parameters"));
        Assert.That(text, Does.Contain("171/342"));
        Assert.That(text, Does.Contain("loss 0.5000  rate 0.0001  3,412 tokens/s  0:09 left"));
        Assert.That(text, Does.Contain("scores: mcc on eval; * best so far"));
        Assert.That(text, Does.Match(@"\n 171 +1\.00 +0\.5000 +0\.0001 +0\.7500 +0\.5000\* +- +3,412 +0:09"));
        Assert.That(text.IndexOf("averaged (1,234)", StringComparison.Ordinal),
            Is.GreaterThan(text.LastIndexOf("171/342", StringComparison.Ordinal)));
    }

    [TestCase(999, "999")]
    [TestCase(12_345, "12.3 k")]
    [TestCase(22_713_216, "22.7 M")]
    [TestCase(1_500_000_000, "1.5 G")]
    public void Large_counts_are_shortened(long value, string expected) =>
        Assert.That(Figures.Large(value), Is.EqualTo(expected));

    [TestCase(5, "0:05")]
    [TestCase(125, "2:05")]
    [TestCase(90_000, "25:00:00")]
    public void Times_lose_no_hours(int seconds, string expected) =>
        Assert.That(Figures.Time(TimeSpan.FromSeconds(seconds)), Is.EqualTo(expected));

    /// <summary>What is printed, without the blanks that tables put at line ends.</summary>
    private static string Printed(Action<Terminal> print)
    {
        using StringWriter output = new();
        print(new Terminal { Out = output, Error = TextWriter.Null, Input = Stream.Null, Width = 100 });
        return string.Join('\n', output.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()));
    }
}
