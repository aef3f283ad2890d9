using System.Diagnostics;
using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Evaluation;
using OrtTrainer.Runs;
using OrtTrainer.Training;

namespace OrtTrainer;

/// <summary>
/// Fine-tunes a pre-trained encoder and exports the better of live and averaged weights: prepare, train with evaluations and
/// checkpoints in between, compare, export, report.
/// </summary>
public sealed class FineTuner
{
    private readonly PreparedRun _run;
    private readonly RunFolder _folder;
    private readonly RunCheckpoints _checkpoints;
    private readonly IProgress<RunEvent> _events;
    private readonly Stopwatch _sinceCheckpoint = Stopwatch.StartNew();
    private RunProgress _progress = new();

    private FineTuner(PreparedRun run, RunFolder folder, IProgress<RunEvent> events)
    {
        _run = run;
        _folder = folder;
        _events = events;
        _checkpoints = new RunCheckpoints(folder, run.State, run.Fingerprint);
    }

    /// <summary>Runs from the start.</summary>
    /// <param name="options">Everything that decides the run.</param>
    /// <param name="events">Told what happens; null for nobody.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint to resume from.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled; the checkpoint is written.</exception>
    /// <exception cref="RunException">The output folder is in use or not empty.</exception>
    public static Task<RunSummary> RunAsync(
        FineTuneOptions options, IProgress<RunEvent>? events = null, CancellationToken cancellation = default) =>
        Task.Run(() =>
        {
            FineTuneOptions resolved = options.Resolve();
            using PreparedRun run = PreparedRun.Create(resolved);
            using RunFolder folder = RunFolder.Create(resolved.Output);
            AtomicFile.WriteText(folder.OptionsFile, JsonSerializer.Serialize(resolved, RunJson.Indented));
            return new FineTuner(run, folder, events ?? new Progress<RunEvent>()).Run(cancellation);
        }, CancellationToken.None);

    /// <summary>Goes on with an interrupted run from its last checkpoint, with the options it was started with.</summary>
    /// <param name="output">The run's output folder.</param>
    /// <param name="events">Told what happens; null for nobody.</param>
    /// <param name="cancellation">As for <see cref="RunAsync"/>.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled; the checkpoint is written.</exception>
    /// <exception cref="RunException">There is no run in the folder, or it is still running.</exception>
    public static Task<RunSummary> ResumeAsync(
        string output, IProgress<RunEvent>? events = null, CancellationToken cancellation = default) =>
        Task.Run(() =>
        {
            using RunFolder folder = RunFolder.Open(output);
            FineTuneOptions options = FineTuneOptions.Read(folder.OptionsFile) with { Output = folder.Path };
            using PreparedRun run = PreparedRun.Create(options);
            FineTuner tuner = new(run, folder, events ?? new Progress<RunEvent>());
            tuner.Restore();
            return tuner.Run(cancellation);
        }, CancellationToken.None);

    private RunSummary Run(CancellationToken cancellation)
    {
        _events.Report(new RunEvent.Started(_run.Facts with { StartStep = _run.State.Step }));
        using MetricsLog log = new(_folder.MetricsFile, _run.State.Step);
        string? stoppedBy = Train(log, cancellation);
        if (_run.Options.EndsWithBest && _progress.BestStep > 0 && _progress.BestStep < _run.State.Step)
        {
            _checkpoints.LoadBest();
        }

        RunSummary summary = new RunOutcome(_run, _folder, _progress).Export(stoppedBy, cancellation);
        AtomicFile.WriteText(_folder.SummaryFile, JsonSerializer.Serialize(summary, RunJson.Indented));
        _events.Report(new RunEvent.Finished(summary));
        return summary;
    }

    /// <summary>Steps to the end, or until time, patience or the user ends it.</summary>
    private string? Train(MetricsLog log, CancellationToken cancellation)
    {
        StepClock clock = new(_run.TotalSteps);
        while (_run.State.Step < _run.TotalSteps)
        {
            if (StopReason() is { } reason)
            {
                return reason;
            }

            long started = Stopwatch.GetTimestamp();
            StepReport report = _run.Trainer.Step();
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            _progress = _progress with
            {
                TrainSeconds = _progress.TrainSeconds + seconds,
                Examples = _progress.Examples + report.Examples,
                Tokens = _progress.Tokens + report.Tokens,
            };
            clock.Add(report, seconds);
            log.Write(report, seconds);
            _events.Report(new RunEvent.Stepped(report, clock.TokensPerSecond, clock.Remaining));

            if (_run.IsEvaluationDue(report.Step))
            {
                Evaluate(log, cancellation);
            }

            SaveIfDue(cancellation);
        }

        return null;
    }

    private void Evaluate(MetricsLog log, CancellationToken cancellation)
    {
        EvaluationScores live = _run.Evaluator.Evaluate(_run.State.Parameters, _run.Data.Eval, cancellation);
        EvaluationScores? averaged = _run.State.Average is { State.Count: > 0 } average
            ? _run.Evaluator.Evaluate(average.Buffer, _run.Data.Eval, cancellation)
            : null;
        EvaluationPoint point = new(_run.State.Step, live.Values, averaged?.Values);
        _progress = _progress.With(point, live.Score, _run.Evaluator.Metric);
        if (_run.Options.EndsWithBest && _progress.BestStep == point.Step)
        {
            _checkpoints.SaveBest();
        }

        log.Write(point);
        _events.Report(new RunEvent.Evaluated(point, _run.Evaluator.Metric.Name));
    }

    private void SaveIfDue(CancellationToken cancellation)
    {
        bool last = _run.State.Step == _run.TotalSteps;
        bool due = _sinceCheckpoint.Elapsed.TotalSeconds >= _run.Options.CheckpointSeconds;
        if (last || due || cancellation.IsCancellationRequested)
        {
            _checkpoints.Save(_progress);
            _sinceCheckpoint.Restart();
            _events.Report(new RunEvent.Saved(_run.State.Step));
        }

        if (!last)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private string? StopReason() =>
        _run.Options.MaxSeconds is { } seconds && _progress.TrainSeconds >= seconds ? "max_seconds"
        : _run.Options.Patience is { } patience && _progress.EvaluationsSinceBest >= patience ? "patience"
        : null;

    private void Restore()
    {
        if (_checkpoints.TryRestore() is not { } restored)
        {
            _events.Report(new RunEvent.Noted("There is no checkpoint yet; starting from the first step."));
            return;
        }

        _progress = restored.Progress;
        if (restored.Warning is { } warning)
        {
            _events.Report(new RunEvent.Noted(warning));
        }
    }
}
