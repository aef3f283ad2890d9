using System.Text.Json.Nodes;
using OrtTrainer.Options;
using OrtTrainer.Randomness;

namespace OrtTrainer.Studies.Tuning;

/// <summary>
/// Searches settings: a tree-structured Parzen estimator says what to try, asynchronous successive halving what to go
/// on with, each trial being an ordinary run that pauses at its checkpoints. Scores come from the evaluation data
/// alone.
/// </summary>
internal sealed partial class Tuner
{
    // One that is too long for the time left is drawn anew, so often.
    private const int Draws = 10;

    private const int MostFailures = 5;

    private readonly TuneOptions _options;
    private readonly TuneFolder _folder;
    private readonly TrialPlan _plan;
    private readonly TuneClock _clock;
    private readonly IProgress<TuneEvent>? _events;
    private readonly CancellationToken _cancellation;
    private readonly TuneRecords _records;
    private readonly List<Trial> _trials;
    private TuneState _state;

    private Tuner(
        TuneOptions options, TuneFolder folder, TrialPlan plan, TuneState state, IProgress<TuneEvent>? events,
        CancellationToken cancellation)
    {
        (_options, _folder, _plan, _state, _events, _cancellation) =
            (options, folder, plan, state, events, cancellation);
        _trials = [.. state.Trials];
        _clock = new TuneClock(options.Minutes, state.Seconds);
        _records = new TuneRecords(folder, plan, options.File);
    }

    /// <summary>Searches, or goes on with a search, until the time is up.</summary>
    /// <param name="options">What to try, and for how long.</param>
    /// <param name="events">Told what happens; null for nobody.</param>
    /// <param name="cancellation">Ends all trials after their current step, with checkpoints to go on from.</param>
    /// <exception cref="StudyException">The search cannot begin or go on; the message says why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the same call goes on.</exception>
    public static async Task<TuneResult> RunAsync(
        TuneOptions options, IProgress<TuneEvent>? events = null, CancellationToken cancellation = default)
    {
        if (options is { Jobs: > 1, Worker: null })
        {
            throw new ArgumentException(
                $"{nameof(options.Jobs)} is {options.Jobs}; trials side by side need a {nameof(options.Worker)}.");
        }

        string output = Path.GetFullPath(options.Output);
        TrialPlan plan = new(options.File, output, cancellation);
        using TuneFolder folder = TuneFolder.Take(output);
        folder.Keep(options.File);
        Tuner tuner = new(options, folder, plan, folder.ReadState(), events, cancellation);
        await tuner.RunAsync();
        return new TuneResult(options, plan, tuner._state);
    }

    private async Task RunAsync()
    {
        Tell("started", $"{_options.File.Name}: {_options.Minutes:0.##} minutes, "
            + $"{_plan.Examples} examples to train on, "
            + $"{_plan.EvalExamples} to choose by ({_plan.EvalOrigin}), {_options.Jobs} at once, "
            + $"{_options.ThreadsPerJob} threads each");
        try
        {
            if (_state.Best is null)
            {
                await SearchAsync();
                _state = _state with { Best = Best() };
                Save();
            }

            await FinishAsync();
        }
        finally
        {
            Save();
            _records.PutAll(_trials, _state.Pairs, BestTrial);
        }
    }

    private async Task SearchAsync()
    {
        Dictionary<Task<TrialEnd>, int> running = [];
        try
        {
            while (true)
            {
                while (running.Count < _options.Jobs && Next(running.Values) is { } trial)
                {
                    Put(trial);
                    Tell("began", Line(trial), trial);
                    running.Add(DoAsync(trial), trial.Number);
                }

                if (running.Count == 0)
                {
                    return;
                }

                Task<TrialEnd> ended = await Task.WhenAny(running.Keys);
                running.Remove(ended);
                Take(await ended);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running.Keys).ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>What to do next: a trial with the step at which it pauses; null for nothing.</summary>
    private Trial? Next(IReadOnlyCollection<int> running)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_trials.Find(t => t.Status == TrialStatus.Running && !running.Contains(t.Number)) is { } interrupted)
        {
            return interrupted;
        }

        if (_trials.Count == 0)
        {
            return New([], _plan.DefaultValues()) with { Until = null };
        }

        bool isFull = _trials.Count >= (_options.Trials ?? int.MaxValue);
        Trial? next = SuccessiveHalving.Next(_trials, _plan.Metric) is { } promoted ? Onward(promoted)
            : isFull ? null
            : Suggested();
        if (next is not null && Fits(next))
        {
            return next;
        }

        // No time, or no room, for another: what is among the better ones so far comes to its end.
        return SuccessiveHalving.Promotable(_trials, _plan.Metric, generous: true).Select(Onward).FirstOrDefault(Fits);
    }

    /// <summary>The next trial to try; the first of a few draws that fits into the time, null where none
    /// does.</summary>
    private Trial? Suggested() => Enumerable.Range(0, Draws).Select(Suggested).FirstOrDefault(Fits);

    private Trial Suggested(int draw)
    {
        Trial[] known =
        [
            .. _trials.Where(t => t.Scores.Count > 0 || t.Status is TrialStatus.Done or TrialStatus.Failed),
        ];
        Trial[] ranked =
        [
            .. known.OrderByDescending(LevelOf).ThenBy(ScoreOf, new BestFirst(_plan.Metric)).ThenBy(t => t.Number),
        ];
        SeededRandom random = SeededRandom.For((ulong)_options.File.Seed, $"tune {_trials.Count} {draw}");
        double[] values = TreeParzen.Suggest(
            _options.File.Dimensions,
            [.. known.Select(t => t.Values.Select(value => value ?? double.NaN).ToArray())],
            [.. known.Select(t => Array.IndexOf(ranked, t))], random);
        (JsonObject settings, double?[] settled) = _plan.Settle(values);
        return New(settings, settled);
    }

    private Trial New(JsonObject settings, double?[] values)
    {
        Trial trial = new() { Number = _trials.Count, Settings = settings, Values = values };
        return trial with { Until = _plan.NextPause(OptionsOf(trial), 0), Status = TrialStatus.Running };
    }

    private Trial Onward(Trial trial) => trial with
    {
        Until = _plan.NextPause(OptionsOf(trial), trial.Scores.Count), Status = TrialStatus.Running,
    };

    /// <summary>Whether it could come to its end in time, not just to where it pauses next.</summary>
    private bool Fits(Trial trial)
    {
        FineTuneOptions options = OptionsOf(trial);
        double examples = TrialPlan.ExamplesOf(options, _plan.StepsOf(options) - trial.Steps);
        return _clock.LeftToSearch > 0 && !(Cost?.Of(examples) > _clock.LeftToSearch);
    }

    private StretchCost? Cost => StretchCost.Fit(
    [
        .. _trials.Where(t => t.Steps > 0 && t.Stretches > 0)
            .Select(t => (t.Seconds, t.Stretches, TrialPlan.ExamplesOf(OptionsOf(t), t.Steps))),
    ]);

    private FineTuneOptions OptionsOf(Trial trial) =>
        _plan.Options(trial.Settings, trial.Folder, _options.File.Seed);

    private static int LevelOf(Trial trial) => trial.Status switch
    {
        TrialStatus.Done => int.MaxValue,
        TrialStatus.Failed => -1,
        _ => trial.Scores.Count,
    };

    private static double ScoreOf(Trial trial) =>
        (trial.Status == TrialStatus.Done ? trial.Score : trial.Scores.LastOrDefault()) ?? double.NaN;

    private int Best() => _trials.Where(t => t.Status == TrialStatus.Done)
        .OrderBy(ScoreOf, new BestFirst(_plan.Metric)).ThenBy(t => t.Number).First().Number;

    private Trial? BestTrial => _state.Best is { } number ? _trials[number] : null;
}
