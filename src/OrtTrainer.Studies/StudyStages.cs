using System.Text.Json.Nodes;
using OrtTrainer.Evaluation;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>
/// Runs what a plan has: pre-training, teachers, then the runs that choose settings, then those of the cells, several
/// side by side.
/// A run that fails is recorded and the rest goes on.
/// </summary>
internal sealed class StudyStages(
    StudyFolder folder, StudyOptions options, IStudyWorker worker, IProgress<StudyEvent>? events,
    CancellationToken cancellation)
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

        ParallelOptions side = new() { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancellation };
        await Parallel.ForEachAsync(all.Where(run => !FolderOf(run).IsDone), side, async (run, _) =>
        {
            await RunAsync(run, keep);
            ended?.Invoke(run);
        });
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

    private async Task RunAsync(PlannedRun run, StudyKeep keep)
    {
        StudyRunFolder own = FolderOf(run);
        own.ForgetFailure();
        if (run.Needs.FirstOrDefault(needed => !FolderOf(needed).IsDone) is { } missing)
        {
            Fail(run, $"its {missing.Label} failed: {FolderOf(missing).ReadFailure()}");
            return;
        }

        Tell(new StudyEvent.RunStarted(run.Label, run.Folder));
        try
        {
            FineTuneOptions threaded = run.Options with { Threads = options.ThreadsPerJob };
            await worker.RunAsync(threaded, line => Tell(run, line), cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Fail(run, failure.Message);
            return;
        }

        own.Trim(keep);
        RunSummary summary = own.ReadSummary();
        Tell(new StudyEvent.RunDone(run.Label, run.Folder, summary.Metric, summary.TestLive ?? summary.Live,
            summary.TestLive is null ? summary.Averaged : summary.TestAveraged, summary.TrainSeconds,
            Interlocked.Increment(ref _done)));
    }

    private void Tell(PlannedRun run, WorkerLine line)
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

    private double ValidationScore(PlannedRun run)
    {
        RunSummary summary = FolderOf(run).ReadSummary();
        return summary.Averaged ?? summary.Live;
    }

    private StudyRunFolder FolderOf(PlannedRun run) => new(folder.Full(run.Folder));
}
