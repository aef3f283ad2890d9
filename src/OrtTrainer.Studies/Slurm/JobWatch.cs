using System.Diagnostics;

namespace OrtTrainer.Studies.Slurm;

/// <summary>
/// The jobs in the queue: what their files and squeue say of them, told as it happens, and what is to be done about
/// those that ended.
/// </summary>
internal sealed class JobWatch(SlurmOptions options, SlurmCommands commands, IRunWatch watch)
{
    // A log of a long study is no list of every change in its queue.
    private static readonly TimeSpan BetweenCounts = TimeSpan.FromSeconds(30);

    private readonly List<ClusterRun> _runs = [];
    private readonly SortedSet<string> _badNodes = new(StringComparer.Ordinal);
    private readonly List<ClusterRun> _again = [];
    private bool _silent;
    private long _counted;
    private (int, int, string?) _counts;

    /// <summary>Runs that have a job.</summary>
    public int Count => _runs.Count;

    /// <summary>Nodes on which jobs could not work.</summary>
    public IReadOnlyCollection<string> BadNodes => _badNodes;

    /// <summary>Watches the job of a run.</summary>
    public void Add(ClusterRun run) => _runs.Add(run);

    /// <summary>Looks at all jobs once.</summary>
    /// <param name="unsubmitted">Runs that wait without a job, for the count.</param>
    /// <returns>Runs that want another job.</returns>
    public async Task<IReadOnlyList<ClusterRun>> LookAsync(int unsubmitted)
    {
        _again.Clear();
        Dictionary<(string, int), QueuedJob>? queue = await QueueAsync();
        foreach (ClusterRun run in _runs.ToArray())
        {
            await LookAsync(run, queue);
        }

        if (queue is not null)
        {
            TellCounts(queue, unsubmitted + _again.Count);
        }

        return [.. _again];
    }

    private async Task<Dictionary<(string, int), QueuedJob>?> QueueAsync()
    {
        try
        {
            IEnumerable<JobArray> arrays = _runs.Select(run => run.Array!).DistinctBy(array => array.JobName);
            Dictionary<(string, int), QueuedJob> queue = [];
            foreach (QueuedJob job in _runs.Count == 0 ? [] : await commands.QueueAsync(arrays))
            {
                queue[(job.JobName, job.Run)] = job;
            }

            if (_silent)
            {
                watch.Tell(new StudyEvent.Noted("squeue answers again."));
            }

            _silent = false;
            return queue;
        }
        catch (SlurmRefusal silence)
        {
            if (!_silent)
            {
                watch.Tell(new StudyEvent.Noted(
                    $"squeue does not answer, and is asked again; jobs run on: {silence.Message}"));
            }

            _silent = true;
            return null;
        }
    }

    private async Task LookAsync(ClusterRun run, Dictionary<(string, int), QueuedJob>? queue)
    {
        QueuedJob? job = queue?.GetValueOrDefault((run.Array!.JobName, run.Number));

        // A job that waits has nothing to say, and thousands may wait.
        JobState? state = job is { IsRunning: false, IsOver: false }
            ? null
            : JobState.Read(run.Array!.StateFile(run.Number));
        if (state is not null || job is { IsRunning: true })
        {
            TellProgress(run, state);
        }

        if (state is { Phase: JobPhase.Done } && run.Folder.IsDone)
        {
            Done(run);
        }
        else if (state is { Phase: JobPhase.Failed })
        {
            Ended(run, new JobEnd(state.Failure!, state.MayPass));
        }
        else if (job is { IsOver: false })
        {
            run.GoneSince = null;
            if (state?.Restarts > run.Restarts)
            {
                await RestartedAsync(run, state.Restarts);
            }
        }
        else if (queue is not null)
        {
            await GoneAsync(run);
        }
    }

    /// <summary>Deals with a job that is no longer in the queue, and has not said how it ended.</summary>
    private async Task GoneAsync(ClusterRun run)
    {
        run.GoneSince ??= DateTime.UtcNow;
        bool late = DateTime.UtcNow - run.GoneSince >= options.Grace;
        JobRecord? record = await commands.ShowAsync(run.Job);

        // A script that ended by itself has written more than is seen here yet.
        bool spoke = record is null or { State: "COMPLETED" or "COMPLETING" }
            or { State: "FAILED", ExitCode: 0 or 1, Signal: 0 };
        if (spoke && !late)
        {
            return;
        }

        if (run.Folder.IsDone)
        {
            Done(run);
        }
        else
        {
            Ended(run, JobEnd.Of(run.Job, record, JobLog.OfLastStart(run.LogFile), run.Array!.Path, options));
        }
    }

    private void Done(ClusterRun run)
    {
        TellProgress(run, null);
        _runs.Remove(run);
        watch.Done(run.Run);
    }

    private async Task RestartedAsync(ClusterRun run, int restarts)
    {
        run.Restarts = restarts;
        run.CountTry();
        if (run.FruitlessTries >= options.Tries)
        {
            await commands.CancelAsync([run.Job]);
            Fail(run, $"its job {run.Job} was put back into the queue by the cluster, {Tries(run)}");
        }
    }

    private void Ended(ClusterRun run, JobEnd end)
    {
        string reason = end.Reason.TrimEnd('.');
        run.Trouble = reason;
        if (end.BadNode is { Length: > 0 } node && _badNodes.Add(node))
        {
            watch.Tell(new StudyEvent.Noted($"{reason}. No other job is sent there."));
        }

        run.CountTry();
        if (!end.MayPass || run.FruitlessTries >= options.Tries)
        {
            Fail(run, end.MayPass && options.Tries > 1 ? $"{reason} ({Tries(run)})." : end.Reason);
            return;
        }

        _runs.Remove(run);
        _again.Add(run);
        watch.Tell(new StudyEvent.Noted($"{run.Run.Label}: {reason}; it gets another job."));
    }

    private static string Tries(ClusterRun run) => $"{run.FruitlessTries} tries without a step further";

    private void Fail(ClusterRun run, string reason)
    {
        _runs.Remove(run);
        watch.Failed(run.Run, reason);
    }

    private void TellProgress(ClusterRun run, JobState? state)
    {
        if (!run.HasBegun)
        {
            run.HasBegun = true;
            watch.Begun(run.Run);
        }

        if (state is { Step: { } step, TotalSteps: { } total })
        {
            run.Reach(step);
            watch.Told(run.Run, new WorkerLine { Step = step, TotalSteps = total });
        }

        foreach (string note in state?.Notes.Skip(run.NotesTold) ?? [])
        {
            watch.Told(run.Run, new WorkerLine { Note = note });
            run.NotesTold++;
        }
    }

    private void TellCounts(Dictionary<(string, int), QueuedJob> queue, int unsubmitted)
    {
        QueuedJob[] jobs = [.. _runs.Select(run => queue.GetValueOrDefault((run.Array!.JobName, run.Number)))
            .OfType<QueuedJob>().Where(job => !job.IsOver)];
        QueuedJob[] pending = [.. jobs.Where(job => !job.IsRunning)];

        // Slurm has not looked at a job yet that waits for no reason.
        string? reason = pending.Where(job => job.Reason != "None").GroupBy(job => job.Reason)
            .OrderByDescending(group => group.Count()).FirstOrDefault()?.Key;
        (int Running, int Waiting, string? Reason) counts =
            (jobs.Length - pending.Length, pending.Length + unsubmitted, reason);
        if (counts != _counts && (counts.Running > 0 || reason is not null)
            && (_counted == 0 || Stopwatch.GetElapsedTime(_counted) >= BetweenCounts))
        {
            (_counted, _counts) = (Stopwatch.GetTimestamp(), counts);
            watch.Tell(new StudyEvent.Queued(counts.Running, counts.Waiting, counts.Reason));
        }
    }
}
