using System.Diagnostics;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Evaluation;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Text;
using OrtTrainer.Training;

namespace OrtTrainer;

/// <summary>
/// Fine-tunes a pre-trained encoder and exports the better of live and averaged weights: prepare, train with
/// evaluations and checkpoints in between, compare, export, report.
/// </summary>
public sealed class FineTuner
{
    private readonly PreparedRun _run;
    private readonly RunFolder _folder;
    private readonly RunCheckpoints _checkpoints;
    private readonly WeightFiles _weights;
    private readonly IProgress<RunEvent>? _events;
    private readonly Stopwatch _sinceCheckpoint = Stopwatch.StartNew();
    private RunProgress _progress = new();
    private bool _isSaved;

    private FineTuner(PreparedRun run, RunFolder folder, IProgress<RunEvent>? events)
    {
        _run = run;
        _folder = folder;
        _events = events;
        _checkpoints = new RunCheckpoints(folder, run.State, run.Fingerprint);
        _weights = new WeightFiles(folder, run.Layout);
    }

    /// <summary>Runs from the start.</summary>
    /// <param name="options">Everything that decides the run.</param>
    /// <param name="events">Told what happens, on the run's own thread; null for nobody.</param>
    /// <param name="cancellation">
    /// Ends the run after the current step, with a checkpoint to resume from; before the first step, while data are read
    /// or a teacher is run, at once and with nothing written.
    /// </param>
    /// <exception cref="OperationCanceledException">The run was cancelled; its checkpoint is written, if it had
    /// begun.</exception>
    /// <exception cref="RunException">The output folder is in use or not empty, or options do not fit the
    /// data.</exception>
    /// <exception cref="TrainingException">The loss is no longer a number.</exception>
    /// <exception cref="FileWriteException">The disk is full; the last checkpoint is still there to resume
    /// from.</exception>
    public static Task<RunSummary> RunAsync(
        FineTuneOptions options, IProgress<RunEvent>? events = null, CancellationToken cancellation = default) =>
        Start(options, null, events, cancellation);

    /// <summary>
    /// Runs from the start with a tokenizer of the caller's own instead of the one in the model's folder. The export
    /// has no tokenizer files: <see cref="Prediction.Predictor"/> must be given the same tokenizer again, and so must
    /// a run that is resumed.
    /// </summary>
    /// <param name="options">Everything else that decides the run.</param>
    /// <param name="tokenizer">Reads the texts, such as an <see cref="ExternalTokenizer"/>.</param>
    /// <param name="events">Told what happens, on the run's own thread; null for nobody.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint to resume from.</param>
    /// <exception cref="Models.ModelException">The tokenizer gives ids that the model does not know.</exception>
    /// <inheritdoc cref="RunAsync(FineTuneOptions, IProgress{RunEvent}, CancellationToken)" path="/exception"/>
    public static Task<RunSummary> RunAsync(
        FineTuneOptions options, ITextEncoder tokenizer, IProgress<RunEvent>? events = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Start(options, tokenizer, events, cancellation);
    }

    private static Task<RunSummary> Start(
        FineTuneOptions options, ITextEncoder? tokenizer, IProgress<RunEvent>? events,
        CancellationToken cancellation) =>
        Task.Run(() =>
        {
            FineTuneOptions resolved = options.Resolve();
            RunFolder.RequireFree(resolved.Output);
            RequireNoOwnTeacher(resolved, tokenizer);
            if (SelfTeacher.IsNeededBy(resolved))
            {
                // The teacher's run lies in the folder, so its files can only be checked there.
                using RunFolder taken = Take(resolved);
                return Continue(resolved, taken, restores: false, tokenizer, events, cancellation);
            }

            using PreparedRun run = PreparedRun.Create(resolved, null, events, cancellation, tokenizer);
            using RunFolder folder = Take(resolved);
            return new FineTuner(run, folder, events).Run(cancellation);
        }, CancellationToken.None);

    /// <summary>
    /// Goes on with an interrupted run from its last checkpoint, with the options it was started with. A run that had
    /// done all its steps is scored and exported again.
    /// </summary>
    /// <param name="output">The run's output folder.</param>
    /// <param name="events">Told what happens, on the run's own thread; null for nobody.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint to resume from.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled; the checkpoint is written.</exception>
    /// <exception cref="RunException">There is no run in the folder, it is still running, or its data have
    /// changed.</exception>
    public static Task<RunSummary> ResumeAsync(
        string output, IProgress<RunEvent>? events = null, CancellationToken cancellation = default) =>
        Restart(output, null, events, cancellation);

    /// <summary>Goes on with a run that was started with a tokenizer of the caller's own.</summary>
    /// <param name="output">The run's output folder.</param>
    /// <param name="tokenizer">The tokenizer it was started with.</param>
    /// <param name="events">Told what happens, on the run's own thread; null for nobody.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint to resume from.</param>
    /// <inheritdoc cref="ResumeAsync(string, IProgress{RunEvent}, CancellationToken)" path="/exception"/>
    public static Task<RunSummary> ResumeAsync(
        string output, ITextEncoder tokenizer, IProgress<RunEvent>? events = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Restart(output, tokenizer, events, cancellation);
    }

    private static Task<RunSummary> Restart(
        string output, ITextEncoder? tokenizer, IProgress<RunEvent>? events, CancellationToken cancellation) =>
        Task.Run(() =>
        {
            using RunFolder folder = RunFolder.Open(output);
            FineTuneOptions options = FineTuneOptions.Read(folder.OptionsFile) with { Output = folder.Path };
            return Continue(options, folder, restores: true, tokenizer, events, cancellation);
        }, CancellationToken.None);

    private static void RequireNoOwnTeacher(FineTuneOptions options, ITextEncoder? tokenizer)
    {
        if (tokenizer is not null && SelfTeacher.IsNeededBy(options))
        {
            throw new RunException(
                "Self-distillation reads its teacher's tokenizer from the folder the teacher was exported to, which " +
                "has none where a tokenizer is given. Put the tokenizer's files into the model's folder instead.");
        }
    }

    private static RunFolder Take(FineTuneOptions resolved)
    {
        RunFolder folder = RunFolder.Create(resolved.Output);
        AtomicFile.WriteText(folder.OptionsFile, resolved.ToJson().ToJsonString(RunJson.Indented));
        return folder;
    }

    private static RunSummary Continue(
        FineTuneOptions options, RunFolder folder, bool restores, ITextEncoder? tokenizer,
        IProgress<RunEvent>? events, CancellationToken cancellation)
    {
        SelfTeacher? teacher = SelfTeacher.IsNeededBy(options)
            ? SelfTeacherTraining.Obtain(options, folder, events, cancellation)
            : null;
        using PreparedRun run = PreparedRun.Create(options, teacher, events, cancellation, tokenizer);
        FineTuner tuner = new(run, folder, events);
        if (restores)
        {
            tuner.Restore();
        }

        return tuner.Run(cancellation);
    }

    private RunSummary Run(CancellationToken cancellation)
    {
        _events?.Report(new RunEvent.Started(_run.Facts with { StartStep = _run.State.Step }));
        if (_run.HasOwnTokenizer)
        {
            _events?.Report(new RunEvent.Noted(
                "Texts are read with the tokenizer that was given; the export will have no tokenizer files, and " +
                "whoever uses it must be given the tokenizer too."));
        }

        using MetricsLog log = new(_folder.MetricsFile, _run.State.Step, _progress.EvaluatedStep);
        Train(log, cancellation);

        _weights.Save(WeightFiles.Last, _run.State.Parameters, _run.State.Step);
        if (_run.Options.EndsWithBest)
        {
            TakeBest();
        }

        RunSummary summary = new RunOutcome(_run, _folder, _weights, _progress).Export(StopReason(), cancellation);
        AtomicFile.WriteText(_folder.SummaryFile, JsonSerializer.Serialize(summary, RunJson.Indented));
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
        long started = Stopwatch.GetTimestamp();
        StepReport report = _run.Trainer.Step();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        _progress = _progress.With(report, seconds);
        _isSaved = false;
        clock.Add(report, seconds);
        log.Write(report, seconds);
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
        EvaluationScores live = _run.Evaluator.Evaluate(_run.State.Parameters, _run.Data.Eval, cancellation);
        EvaluationScores? averaged = _run.State.CurrentAverage is { } average
            ? _run.Evaluator.Evaluate(average, _run.Data.Eval, cancellation)
            : null;
        EvaluationPoint point = new(_run.State.Step, live.Values, averaged?.Values);
        _progress = _progress.With(point, live.Score, _run.Evaluator.Metric);
        _isSaved = false;
        log.Write(point);
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
