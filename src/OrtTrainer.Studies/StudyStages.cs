using System.Text.Json.Nodes;
using OrtTrainer.Evaluation;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>
/// Runs what a plan has: pre-training, teachers, then the runs that choose settings, then those of the cells, several
/// side by side. A run that fails is recorded and the rest goes on.
/// </summary>
internal sealed class StudyStages(
    StudyFolder folder, IStudyEngine engine, IProgress<StudyEvent>? events, CancellationToken cancellation)
{
    private readonly Lock _telling = new();
    private int _done;

    /// <summary>Runs that are done, those of an earlier start included.</summary>
    public int CountDone(IEnumerable<PlannedRun> runs) => _done += runs.Count(run => FolderOf(run).IsDone);

    /// <summary>Does all runs that are not done yet.</summary>
    /// <param name="runs">In the order in which to begin them.</param>
    /// <param name="keep">What stays of those that are done, now or from before.</param>
    /// <param name="ended">Told of every run that is done or has failed, from several threads.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; runs that had begun have a
    /// checkpoint.</exception>
    /// <exception cref="StudyException">The options of a run have changed since it began.</exception>
    public async Task RunAsync(
        IEnumerable<PlannedRun> runs, StudyKeep keep, Action<PlannedRun>? ended = null)
    {
        PlannedRun[] all = [.. runs];
        foreach (PlannedRun run in all.Where(run => FolderOf(run).IsBegun))
        {
            InProcessWorker.RequireSame(FolderOf(run), run.Options);
        }

        foreach (PlannedRun run in all.Where(run => FolderOf(run).IsDone))
        {
            FolderOf(run).Trim(keep);
        }

        List<PlannedRun> ready = [];
        foreach (PlannedRun run in all.Where(run => !FolderOf(run).IsDone))
        {
            if (run.Needs.FirstOrDefault(needed => !FolderOf(needed).IsDone) is { } missing)
            {
                Fail(run, $"its {missing.Label} failed: {FolderOf(missing).ReadFailure()}");
                ended?.Invoke(run);
            }
            else
            {
                ready.Add(run);
            }
        }

        cancellation.ThrowIfCancellationRequested();
        await engine.RunAsync(ready, new StageWatch(this, keep, ended), cancellation);
    }

    /// <summary>
    /// Chooses for every cell the settings with the best mean score; the first of several equal ones.
    /// </summary>
    /// <returns>The settings by the cell's name; cells of which no candidate could be scored are missing.</returns>
    public (Dictionary<string, JsonObject> Settings, List<StudyChoice> Choices) Choose(
        IReadOnlyList<CellSearch> searches)
    {
        Dictionary<string, JsonObject> settings = [];
        List<StudyChoice> choices = [];
        foreach (CellSearch search in searches)
        {
            Metric metric = search.Cell.Options.Data.Task.FindMetric(search.Cell.Metrics[0]);
            List<KeyValuePair<string, double>> scores = [];
            (JsonObject? Settings, double Score) best = (null, double.NaN);
            foreach (CellCandidate candidate in search.Candidates.Where(c => c.Runs.All(r => FolderOf(r).IsDone)))
            {
                double mean = candidate.Runs.Average(ValidationScore);
                scores.Add(new(StudySearch.Text(candidate.Settings), mean));
                best = metric.IsBetter(mean, best.Score) ? (candidate.Settings, mean) : best;
            }

            if (best.Settings is { } chosen)
            {
                StudyCell cell = search.Cell;
                settings.Add(cell.Name, chosen);
                StudyChoice choice = new(cell.Model, cell.Initialization, cell.Task, cell.Method,
                    string.Join(", ", chosen.Select(value => value.Key)), StudySearch.Text(chosen), scores);
                choices.Add(choice);
            }
        }

        return (settings, choices);
    }

    /// <summary>Records that a run cannot be done.</summary>
    public void Fail(PlannedRun run, string reason)
    {
        FolderOf(run).WriteFailure(reason);
        Tell(new StudyEvent.RunFailed(run.Label, run.Folder, reason));
    }

    public void Tell(StudyEvent value)
    {
        lock (_telling)
        {
            events?.Report(value);
        }
    }

    private double ValidationScore(PlannedRun run)
    {
        RunSummary summary = FolderOf(run).ReadSummary();
        return summary.Averaged ?? summary.Live;
    }

    private StudyRunFolder FolderOf(PlannedRun run) => new(folder.Full(run.Folder));

    /// <summary>Keeps the folders of runs in order, and tells of them.</summary>
    private sealed class StageWatch(StudyStages stages, StudyKeep keep, Action<PlannedRun>? ended) : IRunWatch
    {
        public void Begun(PlannedRun run)
        {
            stages.FolderOf(run).ForgetFailure();
            Tell(new StudyEvent.RunStarted(run.Label, run.Folder));
        }

        public void Told(PlannedRun run, WorkerLine line)
        {
            if (line is { Step: { } step, TotalSteps: { } total })
            {
                Tell(new StudyEvent.RunStepped(run.Folder, step, total));
            }
            else if (line.Note is { } note)
            {
                Tell(new StudyEvent.Noted($"{run.Label}: {note}"));
            }
        }

        public void Done(PlannedRun run)
        {
            StudyRunFolder folder = stages.FolderOf(run);
            folder.Trim(keep);
            RunSummary summary = folder.ReadSummary();
            Tell(new StudyEvent.RunDone(run.Label, run.Folder, summary.Metric, summary.TestLive ?? summary.Live,
                summary.TestLive is null ? summary.Averaged : summary.TestAveraged, summary.TrainSeconds,
                Interlocked.Increment(ref stages._done)));
            ended?.Invoke(run);
        }

        public void Failed(PlannedRun run, string reason)
        {
            stages.Fail(run, reason);
            ended?.Invoke(run);
        }

        public void Tell(StudyEvent value) => stages.Tell(value);
    }
}
