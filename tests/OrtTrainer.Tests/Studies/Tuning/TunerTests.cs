using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Studies.Tuning;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Studies.Tuning;

/// <summary>Whole searches on the tiny task.</summary>
public sealed class TunerTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void DropTask() => _tiny.Dispose();

    [Test]
    public async Task A_search_ends_with_a_model_that_predicts_and_options_that_train_it()
    {
        TuneResult result = await Tuner.RunAsync(Options("whole", trials: 6));
        TuneDocument.Write(result);

        string output = _tiny.Output("whole");
        using Predictor predictor = Predictor.Open(Path.Combine(output, "best"));
        Assert.That(predictor.Labels, Is.EquivalentTo(new[] { "animal", "food", "place" }));
        JsonObject options = OptionsJson.Read(Path.Combine(output, "best.json"));
        Assert.That(options["data"]!["test"]!.GetValue<string>(), Is.EqualTo(_tiny.Test));
        Assert.That(result.State.Trials, Has.Count.EqualTo(6));
        Assert.That(result.Best.Score, Is.GreaterThanOrEqualTo(result.Default.Score!.Value));
        Assert.That(File.ReadAllText(Path.Combine(output, "report.md")), Does.Contain("## Verdict"));
        Assert.That(File.Exists(Path.Combine(output, "results.sqlite")), Is.True);
    }

    [Test]
    public async Task No_trial_has_test_data_and_they_are_scored_once_at_the_end()
    {
        TuneResult result = await Tuner.RunAsync(Options("blind", trials: 6));

        string[] runs = Directory.GetFiles(_tiny.Output("blind"), "options.json", SearchOption.AllDirectories);
        Assert.That(runs, Has.Length.GreaterThanOrEqualTo(6));
        foreach (string run in runs)
        {
            Assert.That(FineTuneOptions.Read(run).Data.Test, Is.Null, run);
        }

        Assert.That(result.State.Test is null, Is.EqualTo(result.Best.Number == 0));
    }

    [Test]
    public async Task A_search_interrupted_at_any_event_goes_on_to_the_same_trials()
    {
        TuneResult whole = await Tuner.RunAsync(Options("once", trials: 7));
        int starts = 0;
        while (true)
        {
            using CancellationTokenSource stop = new();
            // A different one of the first events each time, so that begun, paused and done trials are met.
            StopAfter events = new(2 + (starts++ % 3), stop);
            try
            {
                TuneResult parts = await Tuner.RunAsync(Options("parts", trials: 7), events, stop.Token);
                Assert.That(Facts(parts), Is.EqualTo(Facts(whole)));
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.That(starts, Is.LessThan(60));
            }
        }

        Assert.That(starts, Is.GreaterThan(3));
        string best = $"best{Path.DirectorySeparatorChar}model.safetensors";
        Assert.That(
            File.ReadAllBytes(Path.Combine(_tiny.Output("parts"), best)),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(_tiny.Output("once"), best))));
    }

    [Test]
    public async Task Trials_pause_at_rungs_and_the_worse_ones_stay_there()
    {
        TuneResult result = await Tuner.RunAsync(Options("rungs", trials: 9));

        Trial[] paused = [.. result.State.Trials.Where(trial => trial.Status == TrialStatus.Paused)];
        Assert.That(paused, Is.Not.Empty);
        foreach (Trial trial in paused)
        {
            FineTuneOptions options = result.Plan.Options(trial.Settings, trial.Folder, 1);
            Assert.That(trial.Steps, Is.EqualTo(result.Plan.RungStep(options, trial.Scores.Count - 1)));
        }
    }

    [Test]
    public async Task Another_search_in_the_folder_is_refused()
    {
        await Tuner.RunAsync(Options("taken", trials: 1));
        TuneOptions other = Options("taken", trials: 1);

        Assert.That(
            async () => await Tuner.RunAsync(other with { File = other.File with { Seed = 2 } }),
            Throws.Exception.With.Message.Contains("holds a search with other settings"));
    }

    private TuneOptions Options(string output, int trials)
    {
        JsonObject defaults = _tiny.Options(output).ToJson();
        foreach (string name in new[] { "output", "seed", "threads", "metric", "method", "eval_steps", "swa" })
        {
            defaults.Remove(name);
        }

        defaults["epochs"] = 2;
        defaults["learning_rate"] = 1e-3;
        defaults["data"]!["table"] = null;
        defaults["data"]!.AsObject().Remove("table");
        JsonObject search = new()
        {
            ["defaults"] = defaults,
            ["search"] = new JsonObject
            {
                ["learning_rate"] = new JsonObject { ["log"] = new JsonArray(1e-4, 1e-1) },
                ["epochs"] = new JsonArray(1, 2, 4),
                ["method"] = new JsonArray("finetune", "swa"),
                ["swa.start"] = new JsonObject { ["linear"] = new JsonArray(0.2, 0.8) },
            },
        };
        return new TuneOptions
        {
            File = TuneFileReader.Of("tiny", Path.GetTempPath(), search),
            Output = _tiny.Output(output),
            Minutes = 60,
            Trials = trials,
            Threads = 1,
        };
    }

    // Everything that a search decides; times are left out.
    private static string Facts(TuneResult result) => JsonSerializer.Serialize(
        result.State.Trials.Select(trial => trial with { Seconds = 0, EndedAt = null, Stretches = 0, Until = null }),
        RunJson.Options) + JsonSerializer.Serialize((object)result.State.Pairs, RunJson.Options)
        + JsonSerializer.Serialize(result.State.Test, RunJson.Options);

    private sealed class StopAfter(int count, CancellationTokenSource stop) : IProgress<TuneEvent>
    {
        private int _left = count;

        public void Report(TuneEvent value)
        {
            if (--_left == 0)
            {
                stop.Cancel();
            }
        }
    }
}
