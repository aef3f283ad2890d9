using OrtTrainer.Training;

namespace OrtTrainer.Logging;

/// <summary>All loggers of a run. One that fails is told of once and left out from then on; the run goes on.</summary>
internal sealed class RunLoggers : IDisposable
{
    private readonly List<(RunLoggerKind Kind, RunLogger Logger)> _open = [];
    private readonly Action<string> _note;
    private bool _hasEnded;

    /// <summary>Opens loggers.</summary>
    /// <param name="kinds">Which.</param>
    /// <param name="run">The run.</param>
    /// <param name="note">Told what goes wrong, on the thread that writes.</param>
    public RunLoggers(IEnumerable<RunLoggerKind> kinds, LoggedRun run, Action<string> note)
    {
        _note = note;
        foreach (RunLoggerKind kind in kinds)
        {
            try
            {
                _open.Add((kind, kind.Open(run)));
            }
            catch (Exception failure)
            {
                Tell(kind, failure.Message);
            }
        }
    }

    /// <summary>Takes a step.</summary>
    /// <param name="report">The step.</param>
    /// <param name="seconds">How long it took.</param>
    public void Write(StepReport report, double seconds)
    {
        if (_open.Count > 0)
        {
            Each(logger => logger.Write(report.Step, [.. ValuesOf(report, seconds)]));
        }
    }

    /// <summary>Takes an evaluation.</summary>
    /// <param name="step">Optimizer steps done.</param>
    /// <param name="live">Scores of the live weights.</param>
    /// <param name="averaged">Scores of the averaged weights; null for none.</param>
    public void Write(
        long step, IReadOnlyDictionary<string, double> live, IReadOnlyDictionary<string, double>? averaged)
    {
        LoggedValue[] values = [.. Scores("live", live), .. averaged is null ? [] : Scores("averaged", averaged)];
        Each(logger =>
        {
            logger.Write(step, values);
            logger.Flush();
        });
    }

    /// <summary>The run is over.</summary>
    /// <param name="isDone">Whether it took all its steps.</param>
    public void End(bool isDone)
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            Each(logger => logger.End(isDone));
        }
    }

    public void Dispose()
    {
        foreach ((_, RunLogger logger) in _open)
        {
            logger.Dispose();
        }
    }

    private static IEnumerable<LoggedValue> ValuesOf(StepReport report, double seconds)
    {
        yield return new("train/loss", report.Loss);
        foreach ((string name, float part) in new[]
        {
            ("labels", report.Terms.Labels), ("teacher", report.Terms.Teacher), ("penalty", report.Terms.Penalty),
            ("layers", report.Terms.Intermediate),
        })
        {
            if (part != 0 && part != report.Loss)
            {
                yield return new($"train/loss_{name}", part);
            }
        }

        yield return new("train/learning_rate", report.LearningRate);
        yield return new("train/gradient_norm", report.GradientNorm);
        yield return new("train/tokens_per_second", report.Tokens / Math.Max(seconds, 1e-9));
    }

    private static IEnumerable<LoggedValue> Scores(string weights, IReadOnlyDictionary<string, double> scores) =>
        scores.Select(score => new LoggedValue($"{LoggedRun.EvaluationPrefix}{weights}/{score.Key}", score.Value));

    private void Each(Action<RunLogger> act)
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            (RunLoggerKind kind, RunLogger logger) = _open[i];
            try
            {
                act(logger);
                if (logger.TakeNote() is { } note)
                {
                    _note(note);
                }
            }
            catch (Exception failure)
            {
                _open.RemoveAt(i);
                logger.Dispose();
                Tell(kind, failure.Message);
            }
        }
    }

    private void Tell(RunLoggerKind kind, string reason) =>
        _note($"Nothing more is logged to {kind.Word}: {reason}");
}
