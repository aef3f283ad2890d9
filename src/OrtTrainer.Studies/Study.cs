using System.Text.Json.Nodes;
using OrtTrainer.Studies.Slurm;

namespace OrtTrainer.Studies;

/// <summary>
/// Runs a study: a grid of models, initializations, tasks and methods, every cell with several seeds. Each run is an
/// ordinary one in a folder of its own; the same call again goes on where an earlier one stopped, however it stopped.
/// </summary>
public static class Study
{
    /// <summary>
    /// How long the end of a study waits for a database that another program, such as a viewer or a backup, holds
    /// locked.
    /// </summary>
    private static readonly TimeSpan DatabasePatience = TimeSpan.FromMinutes(2);

    /// <summary>Does all runs that are not done yet and writes the tables.</summary>
    /// <param name="options">What to run, and where to.</param>
    /// <param name="events">Told what happens, one event at a time, on several threads; null for nobody.</param>
    /// <param name="cancellation">Ends all runs after their current step, with checkpoints to go on from.</param>
    /// <returns>Every run of the grid, failed ones included.</returns>
    /// <exception cref="StudyException">The study file is wrong, the folder is in use or holds another
    /// study, or the cluster takes no jobs.</exception>
    /// <exception cref="ArgumentException">Several jobs without a worker to start.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the tables hold what is done.</exception>
    public static async Task<StudyResults> RunAsync(
        StudyOptions options, IProgress<StudyEvent>? events = null, CancellationToken cancellation = default)
    {
        IStudyEngine engine = EngineOf(options);
        StudyPlan plan = StudyPlan.Read(options.File, options.Output);
        using StudyFolder folder = StudyFolder.Take(options.Output);
        StudyChange.RequireOnlyMore(folder.ReadStudy(), plan, folder.Path);
        folder.WriteStudy(plan.File, Path.GetDirectoryName(Path.GetFullPath(options.File))!);

        StudyStages stages = new(folder, engine, events, cancellation);
        PlannedRun[] all = [.. plan.AllRuns];
        stages.Tell(new StudyEvent.Started(plan.File.Name, plan.Cells.Count, all.Length, stages.CountDone(all),
            engine.Jobs, engine.Threads, engine.Title));
        await stages.RunAsync(plan.Starts, StudyKeep.Models);
        await stages.RunAsync(plan.Teachers, StudyKeep.Models);
        await stages.RunAsync(plan.ChoosingRuns, plan.File.Keep);
        (Dictionary<string, JsonObject> chosen, List<StudyChoice> choices) = stages.Choose(plan.Searches);
        choices.ForEach(choice => stages.Tell(new StudyEvent.Chosen(choice)));
        return await RunCells(stages, plan.With(chosen), plan.Searches, choices, folder, cancellation);
    }

    /// <summary>
    /// The results of a study that has been run, as far as it is, read from the folders of its runs; writes the tables
    /// anew.
    /// </summary>
    /// <param name="output">The study's folder.</param>
    /// <param name="events">Told where the database cannot be written; null for nobody.</param>
    /// <param name="cancellation">Ends waiting for a database that another program holds locked.</param>
    /// <exception cref="StudyException">There is no study, or one is being run.</exception>
    public static StudyResults Read(
        string output, IProgress<StudyEvent>? events = null, CancellationToken cancellation = default)
    {
        if (!StudyFolder.IsStudy(Path.GetFullPath(output)))
        {
            throw new StudyException(
                $"{Path.GetFullPath(output)}: there is no study here. Give the folder that a study had as --out.");
        }

        using StudyFolder folder = StudyFolder.Take(output);
        StudyFile file = folder.ReadStudy() ?? throw new StudyException(
            $"{folder.Path}: the study in this folder has not begun. Start it again.");
        StudyPlan plan = StudyPlan.Of(file, folder.Path);
        StudyStages stages = new(folder, new LocalEngine(new InProcessWorker(), jobs: 1, threads: 1), events, default);
        (Dictionary<string, JsonObject> chosen, List<StudyChoice> choices) = stages.Choose(plan.Searches);
        using StudyRecords records =
            new(folder, plan.With(chosen), message => stages.Tell(new StudyEvent.Noted(message)));
        StudyResults results = records.Results(choices, DatabasePatience, cancellation);
        StudyTables.Write(folder, results);
        return results;
    }

    private static IStudyEngine EngineOf(StudyOptions options) => options switch
    {
        { Slurm: { } slurm } => new SlurmEngine(slurm, Path.GetFullPath(options.Output)),
        { Worker: { } command } =>
            new LocalEngine(new WorkerProcess(command), options.Jobs, options.ThreadsPerJob),
        { Jobs: 1 } => new LocalEngine(new InProcessWorker(), jobs: 1, options.ThreadsPerJob),
        _ => throw new ArgumentException($"{nameof(options.Jobs)} is {options.Jobs}; runs side by side need a " +
            $"{nameof(options.Worker)} to start, since two runs in one process would share its threads."),
    };

    private static async Task<StudyResults> RunCells(
        StudyStages stages, StudyPlan plan, IReadOnlyList<CellSearch> searches, List<StudyChoice> choices,
        StudyFolder folder, CancellationToken cancellation)
    {
        using StudyRecords records = new(folder, plan, message => stages.Tell(new StudyEvent.Noted(message)));
        HashSet<string> undecided = [.. searches.Select(search => search.Cell.Name).Except(
            choices.Select(choice => $"{choice.Model} / {choice.Initialization} / {choice.Task} / {choice.Method}"))];
        foreach (PlannedRun run in plan.Cells
            .Where(cell => undecided.Contains(cell.Name)).SelectMany(cell => cell.Runs))
        {
            stages.Fail(run, "no setting could be chosen for its cell: all runs that were to decide failed.");
            records.Update(run);
        }

        StudyResults results;
        try
        {
            await stages.RunAsync(
                plan.Cells.Where(cell => !undecided.Contains(cell.Name)).SelectMany(cell => cell.Runs),
                plan.File.Keep, records.Update);
        }
        finally
        {
            results = records.Results(choices, DatabasePatience, cancellation);
            StudyTables.Write(folder, results);
        }

        return results;
    }
}
