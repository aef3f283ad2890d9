using Examples;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Library;

/// <summary>Runs the programs of docs/library.md on the embedded encoder and data, and reads what they print.</summary>
[NonParallelizable] // Standard output is the process's.
public sealed class LibraryProgramTests
{
    private const string Desk = "(account|billing|delivery|praise|returns|technical)";

    private static readonly string Embedded = Path.Combine(AppContext.BaseDirectory, "onnx-models", "embedded");
    private static readonly string Model = Path.Combine(Embedded, "encoder");
    private static readonly string Data = Path.Combine(Embedded, "train.tsv");

    private readonly TemporaryFolder _folder = new();
    private IReadOnlyList<string> _fineTuning = [];

    private string FineTuned => _folder.File("fine-tuned");

    [OneTimeSetUp]
    public async Task FineTune() =>
        _fineTuning = await LinesOf(() => FineTuning.Main([Model, Data, FineTuned]));

    [OneTimeTearDown]
    public void RemoveFiles() => _folder.Dispose();

    [Test]
    public void FineTuning_averages_with_the_settings_given_and_tells_what_happens()
    {
        FineTuneOptions options = FineTuneOptions.Read(Path.Combine(FineTuned, "run", "options.json"));
        RunSummary summary = RunSummary.Read(FineTuned);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Method.ToString(), Is.EqualTo("label-smoothing+swa"));
            Assert.That((summary.Steps, summary.NAveraged), Is.EqualTo((12, 9)));
            Assert.That(_fineTuning, Has.Some.EqualTo("818 examples, 12 steps"));
            Assert.That(_fineTuning.Where(line => line.StartsWith("step ", StringComparison.Ordinal))
                .Select(line => line.Split(':')[0]), Is.EqualTo(new[] { "step 4", "step 8", "step 12" }));
            Assert.That(_fineTuning[^2], Is.EqualTo(
                $"accuracy: live {summary.Live:0.000}, averaged {summary.Averaged:0.000}"));
            Assert.That(_fineTuning[^1], Does.EndWith($"weights are in {FineTuned}."));
        }
    }

    [Test]
    public async Task Resuming_ends_as_a_run_without_a_stop()
    {
        IReadOnlyList<string> lines = await LinesOf(() => Resuming.Main([Model, Data, _folder.File("resumed")]));

        FineTuneOptions options = FineTuneOptions.Read(_folder.File("resumed/run/options.json"));
        FineTuner.Run(options with { Output = _folder.File("straight") });
        Assert.That(lines, Is.EqualTo(new[] { "Stopped, with a checkpoint.", "Done after 8 steps." }));
        Assert.That(File.ReadAllBytes(_folder.File("resumed/model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(_folder.File("straight/model.safetensors"))));
    }

    [Test]
    public async Task Predicting_answers_one_text_several_and_a_stream_alike()
    {
        IReadOnlyList<string> lines = await LinesOf(() => Predicting.Main([FineTuned]));

        using Predictor predictor = Predictor.Open(FineTuned);
        TextPrediction one = predictor.Predict("You charged my card twice for the same order");
        TextPrediction last = predictor.Predict("How do I change my address?");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines, Has.Count.EqualTo(6));
            Assert.That(lines[0], Is.EqualTo($"one: {one.Label} {one.Scores.Max():0.000}"));
            Assert.That(lines.Skip(1).Take(3), Has.All.Match($"^batch: {Desk} <- "));
            Assert.That(lines[5], Does.StartWith("stream: account 0.").And.Contain($"billing {last.Scores[1]:0.00}"));
        }
    }

    [Test]
    public async Task Evaluating_counts_every_text_once_by_its_true_and_its_predicted_label()
    {
        string eval = Path.Combine(Embedded, "eval.tsv");

        IReadOnlyList<string> lines = await LinesOf(() => Evaluating.Main([FineTuned, eval]));

        int[][] counts = [.. lines.Where(line => !line.Contains(':')).Select(line =>
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(int.Parse).ToArray())];
        string[] truth = [.. File.ReadLines(eval).Skip(1).Select(line => line.Split('\t')[0])];
        double right = counts.Select((row, label) => row[label]).Sum() / (double)truth.Length;
        Assert.That(counts.Select(row => row.Sum()),
            Is.EqualTo(truth.GroupBy(label => label).OrderBy(label => label.Key).Select(label => label.Count())));
        Assert.That(lines, Has.Some.EqualTo($"accuracy: {right:0.0000}").And.Some.StartsWith("loss: "));
    }

    [Test]
    public async Task Catching_says_what_was_found_instead_of_a_model()
    {
        IReadOnlyList<string> lines = await LinesOf(() => Catching.Main([_folder.File("nowhere")]));

        Assert.That(lines, Has.Count.EqualTo(1));
        Assert.That(lines[0], Does.StartWith("refused: ").And.Contain("nowhere"));
    }

    [Test]
    public async Task Serving_answers_many_threads_with_one_predictor()
    {
        IReadOnlyList<string> lines = await LinesOf(() => Serving.Main([FineTuned]));

        Assert.That(lines, Has.Count.EqualTo(4).And.All.Match($"^{Desk} <- "));
    }

    [Test]
    public async Task Comparing_runs_every_cell_and_writes_a_report()
    {
        string output = _folder.File("study");

        IReadOnlyList<string> lines = await LinesOf(() => Comparing.Main([LibraryPage.StudyFile, output]));

        Assert.That(lines.Select(line => line.Split(':')[0]),
            Is.EqualTo(new[] { "1", "2", "3", "4", "fine-tuning", "SWA" }));
        Assert.That(lines.TakeLast(2), Has.All.Match(@"^.+: 0\.\d\d\d over 2 seeds$"));
        Assert.That(File.ReadAllText(Path.Combine(output, "report.html")), Does.Contain("Averaging or not"));
    }

    [Test]
    public async Task Tokenizing_gives_the_ids_of_both_and_trains_with_theirs()
    {
        IReadOnlyList<string> lines =
            await LinesOf(() => Tokenizing.Main([Model, Data, _folder.File("tokenized")]));

        Assert.That(lines[0], Does.Match(@"^\d+ tokens: (\d+ ?)+$"));
        Assert.That(lines.Skip(1), Is.EqualTo(new[] { "where is my parcel?", "1 label of 6" }));
    }

    private static Task<IReadOnlyList<string>> LinesOf(Action program) => LinesOf(() =>
    {
        program();
        return Task.CompletedTask;
    });

    private static async Task<IReadOnlyList<string>> LinesOf(Func<Task> program)
    {
        if (!Directory.Exists(Embedded))
        {
            Assert.Ignore("The embedded data are not in this checkout.");
        }

        TextWriter console = Console.Out;
        using StringWriter output = new();
        Console.SetOut(output);
        try
        {
            await program();
        }
        finally
        {
            Console.SetOut(console);
        }

        return output.ToString().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
