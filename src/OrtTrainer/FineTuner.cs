using System.Diagnostics;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Evaluation;
using OrtTrainer.Logging;
using OrtTrainer.Runs;
using OrtTrainer.Training;

namespace OrtTrainer;

/// <summary>
/// Fine-tunes a pre-trained encoder and exports the better of live and averaged weights: prepare, train with
/// evaluations and checkpoints in between, compare, export, report.
/// </summary>
public sealed partial class FineTuner
{
    // Where files lie that an engine other than this program trains with, beside the run's own.
    private const string ArtifactsName = "artifacts";

    private readonly PreparedRun _run;
    private readonly RunFolder _folder;
    private readonly RunCheckpoints _checkpoints;
    private readonly WeightFiles _weights;
    private readonly WeightFiles _models;
    private readonly IProgress<RunEvent>? _events;
    private readonly Stopwatch _sinceCheckpoint = Stopwatch.StartNew();
    private RunProgress _progress = new();
    private RunLoggers? _loggers;
    private bool _isSaved;

    private FineTuner(PreparedRun run, RunFolder folder, IProgress<RunEvent>? events)
    {
        _run = run;
        _folder = folder;
        _events = events;
        _checkpoints = new RunCheckpoints(folder.RunPath, run.State, run.Fingerprint);
        _weights = new WeightFiles(folder, run.TrainedLayout);
        _models = new WeightFiles(folder, run.Layout);
    }

    private RunSummary Run(CancellationToken cancellation)
    {
        _events?.Report(_run.Facts with { StartStep = _run.State.Step, Past = _progress.Evaluations });
        if (_run.HasOwnTokenizer)
        {
            _events?.Report(new RunEvent.Noted(
                "Texts are read with the tokenizer that was given; the export will have no tokenizer files, and " +
                "whoever uses it must be given the tokenizer too."));
        }

        _run.Trainer.Begin(Path.Combine(_folder.RunPath, ArtifactsName));
        using MetricsLog log = new(_folder.MetricsFile, _run.State.Step, _progress.EvaluatedStep);
        using RunLoggers loggers = OpenLoggers();
        _loggers = loggers;
        try
        {
            Train(log, cancellation);
            return Conclude(cancellation);
        }
        catch
        {
            loggers.End(isDone: false);
            throw;
        }
    }

    private RunSummary Conclude(CancellationToken cancellation)
    {
        _models.Save(WeightFiles.Last, _run.ModelOf(_run.State.Parameters), _run.State.Step);
        if (_run.Options.EndsWithBest)
        {
            TakeBest();
        }

        RunOutcome outcome = new(_run, _folder, _weights, _progress);
        RunSummary summary = outcome.Export(StopReason(), cancellation);
        AtomicFile.WriteText(_folder.SummaryFile, JsonSerializer.Serialize(summary, RunJson.Indented));
        Describe(summary, outcome.ExportedScores);
        _loggers!.End(isDone: true);
        _events?.Report(new RunEvent.Finished(summary));
        return summary;
    }

    /// <summary>Steps to the end, or until time or patience runs out.</summary>
    private void Train(MetricsLog log, CancellationToken cancellation)
    {
        StepClock clock = new(_run.TotalSteps);
        try
        {
            // The checkpoint may be of a step whose evaluation was interrupted.
            EvaluateIfDue(log, cancellation);
            while (_run.State.Step < _run.TotalSteps && StopReason() is null)
            {
                cancellation.ThrowIfCancellationRequested();
                Step(log, clock);
                EvaluateIfDue(log, cancellation);
                SaveIfDue();
            }

            if (_progress.EvaluatedStep < _run.State.Step)
            {
                Evaluate(log, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }

        Save();
    }

    private void Step(MetricsLog log, StepClock clock)
    {
        double teacherBefore = _run.TeacherSeconds;
        long started = Stopwatch.GetTimestamp();
        StepReport report = _run.Trainer.Step();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        _progress = _progress.With(report, seconds, _run.TeacherSeconds - teacherBefore);
        _isSaved = false;
        clock.Add(report, seconds);
        log.Write(report, seconds);
        _loggers!.Write(report, seconds);
        _events?.Report(new RunEvent.Stepped(report, clock.TokensPerSecond, clock.Remaining));
    }

    private void EvaluateIfDue(MetricsLog log, CancellationToken cancellation)
    {
        if (_run.IsEvaluationDue(_run.State.Step) && _progress.EvaluatedStep < _run.State.Step)
        {
            Evaluate(log, cancellation);
        }
    }

    private void Evaluate(MetricsLog log, CancellationToken cancellation)
    {
        EvaluationScores live = _run.Evaluator.Evaluate(
            _run.ModelOf(_run.State.Parameters), _run.Data.Eval, cancellation);
        EvaluationScores? averaged = _run.State.CurrentAverage is { } average
            ? _run.Evaluator.Evaluate(_run.ModelOf(average), _run.Data.Eval, cancellation)
            : null;
        EvaluationPoint point = new(_run.State.Step, live.Values, averaged?.Values);
        _progress = _progress.With(point, live.Score, _run.Evaluator.Metric);
        _isSaved = false;
        log.Write(point);
        _loggers!.Write(point.Step, point.Live, point.Averaged);
        _events?.Report(new RunEvent.Evaluated(point, _run.Evaluator.Metric.Name));
        if (_run.Options.EndsWithBest && _progress.BestStep == point.Step)
        {
            // In this order: the checkpoint holds the best weights too, so whoever dies between the two can make up
            // for it.
            Save();
            _weights.Save(WeightFiles.Best, _run.State.Parameters, point.Step);
        }
    }

    private void SaveIfDue()
    {
        if (_sinceCheckpoint.Elapsed.TotalSeconds >= _run.Options.CheckpointSeconds)
        {
            Save();
        }
    }

    private void Save()
    {
        if (_isSaved)
        {
            return;
        }

        _checkpoints.Save(_progress);
        _isSaved = true;
        _sinceCheckpoint.Restart();
        _events?.Report(new RunEvent.Saved(_run.State.Step));
    }

    private string? StopReason() =>
        _run.State.Step >= _run.TotalSteps ? null
        : _run.Options.MaxSeconds is { } seconds && _progress.TrainSeconds >= seconds ? "max_seconds"
        : _run.Options.Patience is { } patience && _progress.EvaluationsSinceBest >= patience ? "patience"
        : null;

    private void Restore()
    {
        if (_checkpoints.TryRestore() is not { } restored)
        {
            _events?.Report(new RunEvent.Noted("There is no checkpoint yet; starting from the first step."));
            return;
        }

        _progress = restored.Progress;
        _isSaved = true;
        if (restored.Warning is { } warning)
        {
            _events?.Report(new RunEvent.Noted(warning));
        }

        if (_run.Options.EndsWithBest && _progress.BestStep == _run.State.Step && _progress.BestStep > 0)
        {
            _weights.Save(WeightFiles.Best, _run.State.Parameters, _progress.BestStep);
        }

        if (_run.State.Step == _run.TotalSteps || StopReason() is not null)
        {
            _events?.Report(new RunEvent.Noted(
                $"All steps of this run are done ({_run.State.Step}); scoring and exporting again."));
        }
    }

    private void TakeBest()
    {
        if (_progress.BestStep > 0 && !_weights.TryLoad(WeightFiles.Best, _run.State.Parameters, _progress.BestStep))
        {
            _events?.Report(new RunEvent.Noted(
                $"The weights of the best step, {_progress.BestStep}, are lost with a damaged checkpoint; " +
                "the last ones count."));
        }
    }
}
