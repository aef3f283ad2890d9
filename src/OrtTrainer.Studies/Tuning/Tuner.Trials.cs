using System.Diagnostics;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies.Tuning;

/// <content>Doing trials, and taking in what came out of them.</content>
internal sealed partial class Tuner
{
    private async Task<TrialEnd> DoAsync(Trial trial) =>
        await DoAsync(trial.Number, OptionsOf(trial), trial.Until);

    private async Task<TrialEnd> DoAsync(int number, FineTuneOptions options, long? until)
    {
        long start = Stopwatch.GetTimestamp();
        string? error = null;
        if (!HasReached(options, until))
        {
            try
            {
                await WorkerFor(until).RunAsync(
                    options with { Threads = _options.ThreadsPerJob }, _ => { }, _cancellation);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                error = failure.Message;
            }
        }

        return new TrialEnd(number, Stopwatch.GetElapsedTime(start).TotalSeconds, error);
    }

    private IStudyWorker WorkerFor(long? until) => _options is { Jobs: > 1, Worker: { } command }
        ? new WorkerProcess(command with { Arguments = [.. command.Arguments, $"{until ?? 0}"] })
        : new InProcessWorker(until);

    // A start that was killed may have scored it already.
    private static bool HasReached(FineTuneOptions options, long? until)
    {
        StudyRunFolder run = new(options.Output);
        return until is { } step && CurveOf(run).Any(point => point.Step >= step);
    }

    private static IReadOnlyList<EvaluationPoint> CurveOf(StudyRunFolder run) =>
        run.HasCurve ? run.ReadCurve() : [];

    private void Take(TrialEnd end)
    {
        Trial trial = _trials[end.Number];
        FineTuneOptions options = OptionsOf(trial);
        StudyRunFolder run = new(options.Output);
        IReadOnlyList<EvaluationPoint> curve = CurveOf(run);
        trial = trial with
        {
            Seconds = trial.Seconds + end.Seconds,
            Stretches = trial.Stretches + 1,
            Scores = ScoresOf(options, curve),
            Steps = curve.Count > 0 ? curve[^1].Step : trial.Steps,
            Status = TrialStatus.Paused,
        };
        trial = end.Error is { } error
            ? trial with { Status = TrialStatus.Failed, Error = error, EndedAt = _clock.Seconds }
            : run.IsDone ? Done(trial, run.ReadSummary())
            : trial;
        Put(trial);
        Tell(trial);
        RequireSense(trial);
        TrimLosers();
    }

    private Trial Done(Trial trial, RunSummary summary) => trial with
    {
        Status = TrialStatus.Done,
        Score = Defined(ExportedScore(summary)),
        Steps = summary.Steps,
        EndedAt = _clock.Seconds,
    };

    private static double ExportedScore(RunSummary summary) =>
        summary.ExportsAverage ? summary.Averaged ?? double.NaN : summary.Live;

    private List<double?> ScoresOf(FineTuneOptions options, IReadOnlyList<EvaluationPoint> curve)
    {
        List<double?> scores = [];
        for (int rung = 0; _plan.NextPause(options, rung) is { } step; rung++)
        {
            if (curve.FirstOrDefault(point => point.Step == step) is not { } point)
            {
                break;
            }

            // As the export will choose.
            double live = point.Live[_plan.Metric.Name];
            scores.Add(Defined(point.Averaged?[_plan.Metric.Name] is { } averaged
                && !_plan.Metric.IsBetter(live, averaged) ? averaged : live));
        }

        return scores;
    }

    private static double? Defined(double score) => double.IsFinite(score) ? score : null;

    /// <exception cref="StudyException">Trials fail for a reason that no setting is to blame for.</exception>
    private void RequireSense(Trial ended)
    {
        if (ended is { Number: 0, Status: TrialStatus.Failed })
        {
            throw new StudyException($"The run with the default settings failed, so that there is nothing to beat: "
                + $"{ended.Error}");
        }

        if (_trials.Count > MostFailures && _trials.TakeLast(MostFailures).All(t => t.Status == TrialStatus.Failed))
        {
            throw new StudyException(
                $"The last {MostFailures} trials failed. The last one: {ended.Error} Change what is searched, and "
                + "choose another --out.");
        }
    }

    /// <summary>Frees what trials that are done hold, but for the defaults and the best so far.</summary>
    private void TrimLosers()
    {
        Trial[] done = [.. _trials.Where(t => t.Status == TrialStatus.Done)];
        if (done.Length == 0)
        {
            return;
        }

        int best = Best();
        foreach (Trial trial in done)
        {
            new StudyRunFolder(_folder.Full(trial.Folder))
                .Trim(trial.Number == best || trial.Number == 0 ? StudyKeep.Models : StudyKeep.Results);
        }
    }

    private void Put(Trial trial)
    {
        if (trial.Number == _trials.Count)
        {
            _trials.Add(trial);
        }
        else
        {
            _trials[trial.Number] = trial;
        }

        Save();
        _records.Put(trial);
    }

    private void Save()
    {
        _state = _state with { Seconds = _clock.Seconds, Trials = [.. _trials] };
        _folder.WriteState(_state);
    }

    /// <summary>How a stretch of a trial ended.</summary>
    private sealed record TrialEnd(int Number, double Seconds, string? Error);
}
