using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Studies.Comparisons;
using OrtTrainer.Studies.Soups;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Studies.Soups;

/// <summary>Soups of three short runs on a tiny task.</summary>
public sealed class ModelSoupTests
{
    private static readonly string[] Names = ["a", "b", "c"];
    private TinyTask _tiny = null!;

    [OneTimeSetUp]
    public void TrainRuns()
    {
        _tiny = new TinyTask(rows: 120);
        TinyTask.Run(Options("a") with { Epochs = 3 });
        TinyTask.Run(Options("b") with { Epochs = 6, Seed = 2 });
        TinyTask.Run(Options("c") with { Epochs = 1, LearningRate = 2e-3 });
    }

    [OneTimeTearDown]
    public void RemoveRuns() => _tiny.Dispose();

    [TestCase(SoupWeights.Live, "run/last.safetensors")]
    [TestCase(SoupWeights.Averaged, "run/averaged.safetensors")]
    [TestCase(SoupWeights.Exported, "model.safetensors")]
    public void A_uniform_soup_is_the_mean_of_the_weights_asked_for(SoupWeights weights, string file)
    {
        string output = _tiny.Output($"uniform {weights}");

        SoupResult result = ModelSoup.Make(
            new() { Runs = Runs(), Output = output, Recipe = SoupRecipe.Uniform, Weights = weights });

        Dictionary<string, float[]> soup = TensorFile.Read(Path.Combine(output, "model.safetensors"));
        Dictionary<string, float[]>[] parts = [.. Runs().Select(r => TensorFile.Read(Path.Combine(r, file)))];
        foreach ((string name, float[] values) in soup)
        {
            float[] mean = [.. values.Select((_, i) => (float)parts.Average(p => (double)p[name][i]))];
            Assert.That(values, Is.EqualTo(mean).Within(1e-6), name);
        }

        Assert.That(result.Runs.Select(r => r.Place), Is.EqualTo(new int?[] { 1, 2, 3 }));
        Assert.That(result.Notes, Has.Some.Contains("different seeds"));
    }

    [Test]
    public void Every_run_is_scored_as_its_own_summary_says()
    {
        SoupResult result = ModelSoup.Make(
            new() { Runs = Runs(), Output = _tiny.Output("scored"), Weights = SoupWeights.Live });

        Assert.That(result.Runs.Select(r => r.Score), Is.EqualTo(Runs().Select(r => RunSummary.Read(r).Live)));
        Assert.That((result.Metric, result.Examples), Is.EqualTo(("accuracy", 24)));
    }

    [Test]
    public void A_greedy_soup_is_no_worse_than_its_best_run_and_starts_with_it()
    {
        SoupResult result = ModelSoup.Make(new() { Runs = Runs(), Output = _tiny.Output("greedy") });

        SoupScore first = result.Runs.Single(r => r.Place == 1);
        Assert.That(first.Score, Is.EqualTo(result.Runs.Max(r => r.Score)));
        Assert.That(result.Score, Is.GreaterThanOrEqualTo(first.Score));
        int[] places = [.. result.Runs.Select(r => r.Place).OfType<int>().Order()];
        Assert.That(places, Is.EqualTo(Enumerable.Range(1, places.Length)));
    }

    [Test]
    public void The_exported_model_scores_what_the_soup_did_and_names_its_ingredients()
    {
        string output = _tiny.Output("exported");
        SoupResult result = ModelSoup.Make(new() { Runs = Runs(), Output = output, Recipe = SoupRecipe.Uniform });

        using FinishedRun data = FinishedRun.Open(_tiny.Output("a"), new PredictorOptions());
        using Predictor predictor = Predictor.Open(output);
        EvaluationScores scores = predictor.Evaluate(data.EvaluationData(default), predictor.Task.DefaultMetric);

        Assert.That(scores.Values["loss"], Is.EqualTo(result.Values["loss"]).Within(1e-4));
        Assert.That(result.ExportDifference, Is.LessThan(1e-4));
        using SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(output, "model.safetensors"));
        Assert.That(file.Metadata["orttrainer.method"], Is.EqualTo("uniform-soup"));
        Assert.That(file.Metadata["orttrainer.formula"], Is.EqualTo("mean of the exported weights of 3 runs"));
        string[] ingredients = JsonSerializer.Deserialize<string[]>(file.Metadata["orttrainer.ingredients"])!;
        Assert.That(ingredients.Select(i => i[..7]), Is.EqualTo(new[] { "a (swa,", "b (swa,", "c (swa," }));
    }

    [Test]
    public void A_cancelled_soup_reads_no_run_and_writes_nothing()
    {
        string output = _tiny.Output("cancelled");
        SoupOptions options = new() { Runs = ["/no/such/run", "/nor/this"], Output = output };

        Assert.That(
            () => ModelSoup.Make(options, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.Exists(output), Is.False);
    }

    [Test]
    public void Runs_that_do_not_fit_are_refused_by_what_differs()
    {
        using TinyTask other = new(rows: 30);
        TinyTask.Run(other.Options("elsewhere") with { MaxSteps = 2 });
        TinyTask.Run(Options("scratch") with { MaxSteps = 2, FromScratch = true });
        TinyTask.Run(Options("shallow") with { MaxSteps = 2, Layers = [0] });
        TinyTask.Run(Options("plain") with { MaxSteps = 2, Method = FineTuneMethod.FineTune });

        Refused(other.Output("elsewhere"), SoupWeights.Live, "the pre-trained model of the runs differs");
        Refused(_tiny.Output("scratch"), SoupWeights.Live, "began with random weights");
        Refused(_tiny.Output("shallow"), SoupWeights.Live, "the layers kept of the runs differs: all in");
        Refused(_tiny.Output("plain"), SoupWeights.Averaged, "the run averaged nothing");
        Refused(_tiny.Output("nothing"), SoupWeights.Live, "there is no finished run");
        Assert.That(_tiny.Output("refused"), Does.Not.Exist);
    }

    [Test]
    public void One_run_or_the_same_twice_make_no_soup()
    {
        Assert.That(() => new SoupOptions { Runs = ["a"], Output = "o" },
            Throws.ArgumentException.With.Message.Contains("2 or more"));
        Assert.That(() => new SoupOptions { Runs = ["a", "b", "a/"], Output = "o" },
            Throws.ArgumentException.With.Message.Contains("twice"));
    }

    [Test]
    public void The_command_prints_every_run_the_soup_and_where_it_is()
    {
        CliRun run = CliRun.Of(["soup", .. Runs(), "--out", _tiny.Output("cli"), "--recipe", "uniform"]).Succeeded();

        Assert.That(run.Lines[0], Is.EqualTo("accuracy of the exported weights on 24 evaluation examples:"));
        Assert.That(run.Lines[1], Does.Match(@"^   \d\.\d{4}  in, 1 of 3 +.*a$"));
        Assert.That(run.Lines[4], Does.Match(@"^   \d\.\d{4}  uniform soup$"));
        Assert.That(run.Lines[^1], Does.StartWith("Exported to ").And.EndsWith("cli."));
        Assert.That(CliRun.Of(["soup", .. Runs(), "--out", _tiny.Output("cli")]).Error, Does.Contain("is not empty"));
    }

    [TestCase("soup", 2, "two or more runs are needed")]
    [TestCase("soup a b", 2, "--out is missing")]
    [TestCase("soup a b --out o --recipe stew", 2, "--recipe is 'stew'; expected greedy or uniform.")]
    [TestCase("soup a a --out o", 2, "twice")]
    [TestCase("soup a b --out o", 1, "there is no finished run")]
    public void Bad_command_lines_are_told_in_words(string words, int code, string message)
    {
        CliRun run = CliRun.Of(words.Split(' '));

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((code, "")));
        Assert.That(run.Error, Does.Contain(message));
    }

    private FineTuneOptions Options(string output) => _tiny.Options(output) with { Dropout = 0 };

    private string[] Runs() => [.. Names.Select(_tiny.Output)];

    private void Refused(string run, SoupWeights weights, string message) => Assert.That(
        () => ModelSoup.Make(new()
        {
            Runs = [_tiny.Output("a"), run], Output = _tiny.Output("refused"), Weights = weights,
        }),
        Throws.TypeOf<RunException>().With.Message.Contains(message));
}
