using OrtTrainer.Benchmarking;
using OrtTrainer.Evaluation;
using OrtTrainer.Logging;
using OrtTrainer.RunReports;
using OrtTrainer.Runs;

namespace OrtTrainer;

/// <content>What a run leaves beside its model: a report, a model card, and what loggers keep. None of it is worth a
/// run: what goes wrong with it is told, and no more.</content>
public sealed partial class FineTuner
{
    private RunLoggers OpenLoggers()
    {
        LoggedRun run = new(
            _folder.RunPath, Path.GetFileName(_folder.Path), [.. SettingDifference.Flatten(_run.Options)],
            _run.State.Step, _progress.EvaluatedStep)
        {
            Experiment = _run.Options.MlflowExperiment,
        };
        return new RunLoggers(_run.Options.Loggers, run, Note);
    }

    private void Describe(RunSummary summary, EvaluationScores exported)
    {
        if (!_run.Options.Report)
        {
            return;
        }

        RunResults results = new(_run, _progress, summary, exported, _folder.MetricsFile, PeakMemory.Read());
        Attempt("The report of the run", () => RunReport.Write(results, _folder.RunPath));
        Attempt("The model card", () =>
        {
            if (ModelCard.Write(results, _folder.Path) is { } note)
            {
                Note(note);
            }
        });
    }

    private void Attempt(string what, Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure)
        {
            Note($"{what} was not written: {failure.Message}");
        }
    }

    private void Note(string message) => _events?.Report(new RunEvent.Noted(message));
}
