using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Runtime;
using OrtTrainer.Studies.Comparisons;

namespace OrtTrainer.Studies.Tuning;

/// <content>What comes after the trials: other seeds, the model, and the test, which is looked at once.</content>
internal sealed partial class Tuner
{
    private const int MostPairs = 5;

    private async Task FinishAsync()
    {
        if (_state.Ended)
        {
            return;
        }

        Trial best = BestTrial!;
        Tell("ending", best.Number == 0
            ? "no trial beats the default settings on the evaluation data"
            : $"the best is trial {best.Number}", best);
        if (best.Number != 0)
        {
            await ConfirmAsync(best);
        }

        string run = _folder.Full(best.Folder);
        _folder.KeepModel(run);
        AtomicFile.WriteText(_folder.BestOptions, _plan.ForFinetune(best.Settings).ToJsonString(RunJson.Indented));
        if (best.Number != 0 && _plan.Test is { } test && _state.Test is null)
        {
            RunComparison comparison = RunComparison.Of(
                _folder.Full(_trials[0].Folder), run, new RunComparisonOptions
                {
                    Data = test,
                    Metric = _plan.Metric.Name,
                    Execution = new ExecutionOptions
                    {
                        IntraOpThreads = _options.Threads ?? Environment.ProcessorCount,
                    },
                },
                _cancellation);
            _state = _state with { Test = TestResult.Of(comparison) };
            Tell("tested", TuneWords.Verdict(_state.Test), best);
        }

        _state = _state with { Ended = true };
        Save();
        foreach (Trial trial in _trials.Where(t => t.Status == TrialStatus.Paused))
        {
            // Nothing goes on with them any more.
            new StudyRunFolder(_folder.Full(trial.Folder)).Trim(StudyKeep.Models);
        }
    }

    /// <summary>Runs the best settings and the defaults with seeds that chose nothing, as long as there is
    /// time.</summary>
    private async Task ConfirmAsync(Trial best)
    {
        while (_state.Pairs.Count < MostPairs || _state.Pairs.Any(pair => pair.Default is null))
        {
            SeedPair? open = _state.Pairs.FirstOrDefault(pair => pair.Best is null || pair.Default is null);
            if (open is null)
            {
                open = new SeedPair(_options.File.Seed + 1 + _state.Pairs.Count, null, null);
                if (Cost?.Of(Examples(best)) + Cost?.Of(Examples(_trials[0])) > _clock.LeftToConfirm)
                {
                    return;
                }

                _state = _state with { Pairs = [.. _state.Pairs, open] };
                Save();
            }

            SeedPair done = _options.Jobs > 1 ? await SideBySideAsync(open, best) : await InTurnAsync(open, best);
            _state = _state with { Pairs = [.. _state.Pairs.Select(pair => pair.Seed == done.Seed ? done : pair)] };
            Save();
            Tell("done", $"seed {done.Seed}: {TuneWords.Score(done.Best)} with the best settings, "
                + $"{TuneWords.Score(done.Default)} with the defaults", best);
        }
    }

    private double Examples(Trial trial) =>
        TrialPlan.ExamplesOf(OptionsOf(trial), _plan.StepsOf(OptionsOf(trial)));

    private async Task<SeedPair> InTurnAsync(SeedPair pair, Trial best) => new(
        pair.Seed, await ConfirmAsync("best", best, pair.Seed), await ConfirmAsync("default", _trials[0], pair.Seed));

    private async Task<SeedPair> SideBySideAsync(SeedPair pair, Trial best)
    {
        double?[] scores = await Task.WhenAll(
            ConfirmAsync("best", best, pair.Seed), ConfirmAsync("default", _trials[0], pair.Seed));
        return new SeedPair(pair.Seed, scores[0], scores[1]);
    }

    private async Task<double?> ConfirmAsync(string name, Trial trial, long seed)
    {
        FineTuneOptions options = _plan.Options(trial.Settings, $"confirm/{name}-{seed}", seed);
        TrialEnd end = await DoAsync(trial.Number, options, null);
        if (end.Error is { } error)
        {
            throw new StudyException($"{options.Output}: a run with another seed failed: {error}");
        }

        StudyRunFolder run = new(options.Output);
        run.Trim(StudyKeep.Results);
        return Defined(ExportedScore(run.ReadSummary()));
    }

    private void Tell(Trial trial)
    {
        string steps = $"after {trial.Steps} steps";
        (string kind, string message) = trial.Status switch
        {
            TrialStatus.Done => ("done", $"trial {trial.Number} {steps}: {TuneWords.Score(trial.Score)}, its end"
                + (Best() == trial.Number && trial.Number > 0 ? ", the best so far" : "")),
            TrialStatus.Failed => ("failed", $"trial {trial.Number} failed: {trial.Error}"),
            _ => ("paused", $"trial {trial.Number} {steps}: {TuneWords.Score(trial.Scores.LastOrDefault())}"),
        };
        Tell(kind, message, trial);
    }

    private void Tell(string kind, string message, Trial? trial = null) => _events?.Report(new TuneEvent(
        kind, message, trial?.Number, trial?.Score ?? trial?.Scores.LastOrDefault(), _clock.Seconds));

    private static string Line(Trial trial) => trial.Scores.Count > 0
        ? $"trial {trial.Number} goes on"
        : $"trial {trial.Number}: {TuneWords.Settings(trial.Settings)}";
}
