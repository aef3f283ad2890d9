using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>
/// Keeps the database of a study in step with the folders of its runs, which are the truth: a row is read anew whenever
/// the folder's stamp differs from the one the row was made from.
/// </summary>
internal sealed class StudyRecords : IDisposable
{
    private readonly StudyFolder _folder;
    private readonly StudyPlan _plan;
    private readonly StudyDatabase _database;
    private readonly Dictionary<string, (int Position, StudyCell Cell, PlannedRun Run)> _places = [];

    public StudyRecords(StudyFolder folder, StudyPlan plan)
    {
        _folder = folder;
        _plan = plan;
        foreach (StudyCell cell in plan.Cells)
        {
            foreach (PlannedRun run in cell.Runs)
            {
                _places.Add(run.Folder, (_places.Count, cell, run));
            }
        }

        _database = StudyDatabase.Open(folder.Database);
        Refresh();
    }

    /// <summary>Takes a run in whose state has changed.</summary>
    public void Update(PlannedRun run)
    {
        (int position, StudyCell cell, _) = _places[run.Folder];
        lock (_database)
        {
            _database.Put([(position, Read(cell, run), StampOf(cell, run))]);
        }
    }

    /// <summary>Every run of the grid, in the plan's order.</summary>
    public StudyResults Results(IReadOnlyList<StudyChoice> choices)
    {
        lock (_database)
        {
            return _plan.Results(_database.Read(), choices);
        }
    }

    public void Dispose() => _database.Dispose();

    private void Refresh()
    {
        IReadOnlyDictionary<string, (int Position, string Stamp)> known = _database.Stamps();
        _database.Remove(known.Keys.Where(folder => !_places.ContainsKey(folder)));
        _database.Put(
            from place in _places.Values
            let stamp = StampOf(place.Cell, place.Run)
            where !known.TryGetValue(place.Run.Folder, out (int, string) row) || row != (place.Position, stamp)
            select (place.Position, Read(place.Cell, place.Run), stamp));
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
