using Microsoft.Data.Sqlite;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies.Tuning;

/// <summary>
/// The trials in SQLite, a row each in the tables of a study. It only mirrors the folders, so that no trial waits for
/// it: what cannot be written now is written at the end.
/// </summary>
internal sealed class TuneRecords(TuneFolder folder, TrialPlan plan, TuneFile file)
{
    /// <summary>Writes the row of a trial.</summary>
    public void Put(Trial trial) => Write([Row(trial)]);

    /// <summary>Writes all rows.</summary>
    public void PutAll(IReadOnlyList<Trial> trials, IReadOnlyList<SeedPair> pairs, Trial? best)
    {
        List<(int, StudyRun, string)> rows = [.. trials.Select(Row)];
        foreach (SeedPair pair in pairs)
        {
            rows.Add(Row(rows.Count, trials[0], $"confirm/default-{pair.Seed}", pair.Seed, pair.Default));
            rows.Add(Row(rows.Count, best!, $"confirm/best-{pair.Seed}", pair.Seed, pair.Best));
        }

        Write(rows);
    }

    private void Write(IEnumerable<(int, StudyRun, string)> rows)
    {
        try
        {
            using StudyDatabase database = StudyDatabase.Open(folder.Database);
            database.Put(rows);
        }
        catch (Exception refused) when (refused is SqliteException or IOException or UnauthorizedAccessException)
        {
            // Another program holds it; state.json has everything.
        }
    }

    private (int, StudyRun, string) Row(Trial trial)
    {
        (int position, StudyRun run, string stamp) =
            Row(trial.Number, trial, trial.Folder, file.Seed, trial.Score ?? trial.Scores.LastOrDefault());
        StudyRunStatus status = trial.Status switch
        {
            TrialStatus.Done => StudyRunStatus.Done,
            TrialStatus.Failed => StudyRunStatus.Failed,
            _ => StudyRunStatus.Pending,
        };
        return (position, run with { Status = status, Steps = trial.Steps, Error = trial.Error }, stamp);
    }

    private (int, StudyRun, string) Row(int position, Trial trial, string path, long seed, double? score)
    {
        FineTuneOptions options = plan.Options(trial.Settings, path, seed);
        StudyRunFolder run = new(options.Output);
        RunSummary? summary = run.IsDone ? run.ReadSummary() : null;
        return (position, new StudyRun
        {
            Model = Path.GetFileName(options.Model),
            Initialization = trial.Number == 0 ? "default" : TuneWords.Settings(trial.Settings),
            Task = file.Name,
            Method = options.Method.ToString(),
            Seed = seed,
            Folder = path,
            Status = summary is null ? StudyRunStatus.Pending : StudyRunStatus.Done,
            Metric = plan.Metric.Name,
            Score = score,
            Live = summary?.Live,
            Averaged = summary?.Averaged,
            Seconds = summary?.TrainSeconds,
            Steps = summary?.Steps ?? 0,
            Curve = run.HasCurve ? run.ReadCurve() : [],
        }, run.Stamp);
    }
}
