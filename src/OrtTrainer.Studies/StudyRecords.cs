using System.Diagnostics;
using Microsoft.Data.Sqlite;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>
/// Keeps the database of a study in step with the folders of its runs, which are the truth: a row is read anew whenever
/// the folder's stamp differs from the one the row was made from.
/// </summary>
/// <remarks>
/// The database is a mirror, and no run waits for it: while another program holds it locked, or it cannot be written
/// for another reason, rows stay pending and are written with the next run, or at the end.
/// </remarks>
internal sealed class StudyRecords : IDisposable
{
    // SQLITE_BUSY and SQLITE_LOCKED.
    private const int Busy = 5, Locked = 6;

    private const string Later = "the study goes on and writes it later";

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    private readonly StudyFolder _folder;
    private readonly StudyPlan _plan;
    private readonly Action<string> _note;
    private readonly Dictionary<string, (int Position, StudyCell Cell, PlannedRun Run)> _places = [];
    private readonly HashSet<string> _pending = [];
    private readonly Lock _writing = new();
    private StudyDatabase? _database;
    private bool _behind;

    /// <param name="folder">The study's folder.</param>
    /// <param name="plan">What runs there are.</param>
    /// <param name="note">Told when the database falls behind, and when it has caught up.</param>
    public StudyRecords(StudyFolder folder, StudyPlan plan, Action<string> note)
    {
        (_folder, _plan, _note) = (folder, plan, note);
        foreach (StudyCell cell in plan.Cells)
        {
            foreach (PlannedRun run in cell.Runs)
            {
                _places.Add(run.Folder, (_places.Count, cell, run));
            }
        }

        Try(() => Write(), Later);
    }

    /// <summary>Takes a run in whose state has changed.</summary>
    public void Update(PlannedRun run)
    {
        lock (_writing)
        {
            _pending.Add(run.Folder);
            Try(() => Write(), Later);
        }
    }

    /// <summary>
    /// Every run of the grid, in the plan's order; from the folders where the database stays out of reach.
    /// </summary>
    /// <param name="choices">Settings that were chosen, for the results.</param>
    /// <param name="patience">How long to wait for a database that is behind.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public StudyResults Results(
        IReadOnlyList<StudyChoice> choices, TimeSpan patience, CancellationToken cancellation)
    {
        lock (_writing)
        {
            IReadOnlyList<StudyRun> runs = [];
            long start = Stopwatch.GetTimestamp();
            while (!Try(() => runs = Write().Read(), $"waiting for it, up to {patience.TotalSeconds:0} seconds"))
            {
                if (Stopwatch.GetElapsedTime(start) >= patience || cancellation.WaitHandle.WaitOne(BetweenTries))
                {
                    _note($"{_folder.Database} lacks the newest runs; results.csv and the report have them all. " +
                        $"Once the file is free, 'orttrainer study --report {_folder.Path}' completes it.");
                    return _plan.Results(
                        [.. _places.Values.OrderBy(at => at.Position).Select(at => Read(at.Cell, at.Run))], choices);
                }
            }

            return _plan.Results(runs, choices);
        }
    }

    public void Dispose() => _database?.Dispose();

    /// <summary>Opens the database where it is not open yet, and writes what is pending.</summary>
    private StudyDatabase Write()
    {
        if (_database is null)
        {
            StudyDatabase opened = StudyDatabase.Open(_folder.Database);
            try
            {
                Refresh(opened);
            }
            catch
            {
                opened.Dispose();
                throw;
            }

            _database = opened;
        }
        else if (_pending.Count > 0)
        {
            _database.Put(_pending.Select(Row));
        }

        _pending.Clear();
        return _database;
    }

    /// <summary>Works with the database; notes once that it is out of reach, and once that it no longer is.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="meanwhile">What happens until it can be done, for the note.</param>
    private bool Try(Action work, string meanwhile)
    {
        try
        {
            work();
        }
        catch (Exception refused) when (refused is SqliteException or IOException or UnauthorizedAccessException)
        {
            if (!_behind)
            {
                _note($"{_folder.Database} {Reason(refused)}; {meanwhile}.");
            }

            _behind = true;
            return false;
        }

        if (_behind)
        {
            _note($"{_folder.Database} can be written again and is complete.");
        }

        _behind = false;
        return true;
    }

    private static string Reason(Exception refused) => refused is SqliteException { SqliteErrorCode: Busy or Locked }
        ? "is locked by another program"
        : $"cannot be written ({refused.Message})";

    private void Refresh(StudyDatabase database)
    {
        IReadOnlyDictionary<string, (int Position, string Stamp)> known = database.Stamps();
        database.Remove(known.Keys.Where(folder => !_places.ContainsKey(folder)));
        database.Put(
            from folder in _places.Keys
            let row = Place(folder)
            where !known.TryGetValue(folder, out (int, string) old) || old != (row.Position, row.Stamp)
            select Row(folder));
    }

    private (int Position, string Stamp) Place(string folder)
    {
        (int position, StudyCell cell, PlannedRun run) = _places[folder];
        return (position, StampOf(cell, run));
    }

    private (int Position, StudyRun Run, string Stamp) Row(string folder)
    {
        (int position, StudyCell cell, PlannedRun run) = _places[folder];
        return (position, Read(cell, run), StampOf(cell, run));
    }

    private string StampOf(StudyCell cell, PlannedRun run) =>
        $"{new StudyRunFolder(_folder.Full(run.Folder)).Stamp} {string.Join(',', cell.Metrics)}";

    /// <summary>What the folder of a run says.</summary>
    private StudyRun Read(StudyCell cell, PlannedRun run)
    {
        StudyRunFolder folder = new(_folder.Full(run.Folder));
        StudyRun pending = cell.Pending(run);
        if (folder.IsDone)
        {
            return Done(pending, cell, folder.ReadSummary(), folder.ReadCurve());
        }

        return folder.ReadFailure() is { } failure
            ? pending with { Status = StudyRunStatus.Failed, Error = failure }
            : pending;
    }

    private static StudyRun Done(
        StudyRun run, StudyCell cell, RunSummary summary, IReadOnlyList<EvaluationPoint> curve)
    {
        bool tested = summary.TestLive is not null;
        double live = tested ? summary.TestLive!.Value : summary.Live;
        double? averaged = tested ? summary.TestAveraged : summary.Averaged;
        IReadOnlyDictionary<string, double> all =
            (tested ? summary.TestAveragedScores ?? summary.TestLiveScores : summary.EvalAveraged ?? summary.EvalLive)
            ?? new Dictionary<string, double>();
        return run with
        {
            Status = StudyRunStatus.Done,
            Score = averaged ?? live,
            Live = live,
            Averaged = averaged,
            Scores = cell.Metrics.Where(all.ContainsKey).ToDictionary(metric => metric, metric => all[metric]),
            Seconds = summary.TrainSeconds,
            TeacherSeconds = summary.Teacher is { } teacher
                ? (teacher.Cost?.Seconds ?? 0) + (summary.TeacherTrainSeconds ?? 0)
                : null,
            Steps = summary.Steps,
            Curve = curve,
        };
    }
}
