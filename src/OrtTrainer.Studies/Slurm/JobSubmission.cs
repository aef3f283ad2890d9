using OrtTrainer.Common;

namespace OrtTrainer.Studies.Slurm;

/// <summary>Puts runs into the queue of the cluster, and finds those that an earlier start has put there.</summary>
internal sealed class JobSubmission(
    SlurmOptions options, SlurmCommands commands, JobArrays arrays, JobWatch jobs, IRunWatch watch)
{
    // A controller that restarts, or a maintenance of minutes, ends no study; one that never answers does.
    private const int MostSilences = 30;

    private readonly List<ClusterRun> _waiting = [];
    private (JobArray Array, ClusterRun[] Runs)? _doubtful;
    private int _largest;
    private int _silences;
    private (string Words, int Jobs)? _refused;

    /// <summary>Runs that wait to be submitted.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Takes runs, and finds jobs of an earlier start that do some of them.</summary>
    /// <exception cref="StudyException">The cluster does not say which jobs there are.</exception>
    public async Task BeginAsync(IReadOnlyList<PlannedRun> runs)
    {
        _largest = await commands.LargestArrayAsync();
        Dictionary<string, ClusterRun> all = runs.ToDictionary(run => run.Folder, run => new ClusterRun(run));
        IReadOnlyList<JobArray> earlier = arrays.Read();
        foreach (QueuedJob job in (await AliveAsync(earlier)).OrderByDescending(job => int.Parse(job.ArrayId)))
        {
            JobArray array = earlier.First(array => array.JobName == job.JobName);
            if (job.Run < array.Runs.Count && all.Remove(array.Runs[job.Run], out ClusterRun? run))
            {
                Assign(array, job.ArrayId, (run, job.Run));
            }
        }

        if (jobs.Count > 0)
        {
            watch.Tell(new StudyEvent.Noted($"jobs of an earlier start were found in the queue: {jobs.Count}."));
        }

        _waiting.AddRange(runs.Select(run => all.GetValueOrDefault(run.Folder)).OfType<ClusterRun>());
    }

    /// <summary>Takes runs that want another job.</summary>
    public void Add(IEnumerable<ClusterRun> runs) => _waiting.AddRange(runs);

    /// <summary>Submits what waits, as far as the queue may have it.</summary>
    /// <exception cref="StudyException">sbatch refuses, and no job is left to wait for.</exception>
    public async Task SubmitAsync()
    {
        while (await IsSettledAsync() && NextCount() is > 0 and int count)
        {
            ClusterRun[] runs = [.. _waiting.Take(count)];
            JobArray array = arrays.Add([.. runs.Select(run => run.Run)], options.Cpus);
            AtomicFile.WriteText(array.Script, JobScript.Of(options, array, arrays.Study, jobs.BadNodes));
            try
            {
                Submitted(array, runs, await commands.SubmitAsync(array));
            }
            catch (SlurmRefusal silence) when (silence.IsSilence && _silences < MostSilences)
            {
                Silent(silence);

                // The words may have been lost after the array was taken.
                _doubtful = (array, runs);
                return;
            }
            catch (SlurmRefusal refusal)
            {
                Refused(array, runs, refusal);
                return;
            }
        }
    }

    private async Task<IReadOnlyList<QueuedJob>> AliveAsync(IReadOnlyList<JobArray> known)
    {
        try
        {
            return known.Count == 0 ? [] : [.. (await commands.QueueAsync(known)).Where(job => !job.IsOver)];
        }
        catch (SlurmRefusal silent)
        {
            throw new StudyException("squeue does not say which jobs of an earlier start are in the queue: " +
                $"{silent.Message}. Start the study again when it does; the same run must not be done twice.", silent);
        }
    }

    /// <summary>How many runs to submit as the next array; 0 for none now.</summary>
    private int NextCount()
    {
        if (_refused is { } refused && jobs.Count >= refused.Jobs)
        {
            return 0;
        }

        int most = Math.Min(_largest, options.QueueLimit ?? int.MaxValue);
        int count = Math.Min(Math.Min(_largest, _waiting.Count), (options.QueueLimit ?? int.MaxValue) - jobs.Count);

        // Not an array for each place in the queue that gets free, but one for a tenth of them.
        return count == _waiting.Count || count * 10 >= most ? Math.Max(0, count) : 0;
    }

    /// <summary>Whether it is known what became of the last array.</summary>
    private async Task<bool> IsSettledAsync()
    {
        if (_doubtful is not { } doubtful)
        {
            return true;
        }

        try
        {
            IReadOnlyList<QueuedJob> queue = await commands.QueueAsync([doubtful.Array]);
            _doubtful = null;
            if (queue.Count > 0)
            {
                Submitted(doubtful.Array, doubtful.Runs, queue[0].ArrayId);
            }

            return true;
        }
        catch (SlurmRefusal silent)
        {
            if (_silences >= MostSilences && jobs.Count == 0)
            {
                throw new StudyException($"the cluster does not answer: {silent.Message}. Start the study again when " +
                    "it does; it goes on where it stopped.", silent);
            }

            _silences++;
            return false;
        }
    }

    private void Submitted(JobArray array, ClusterRun[] runs, string id)
    {
        (_silences, _refused) = (0, null);
        array.WriteId(id);
        Assign(array, id, [.. runs.Select((run, number) => (run, number))]);
        _waiting.RemoveAll(runs.Contains);
    }

    private void Assign(JobArray array, string id, params (ClusterRun Run, int Number)[] assigned)
    {
        foreach ((ClusterRun run, int number) in assigned)
        {
            run.Assign(array, number, id);
            jobs.Add(run);
        }
    }

    private void Silent(SlurmRefusal silence)
    {
        if (_silences++ == 0)
        {
            watch.Tell(new StudyEvent.Noted($"the cluster does not answer, and is asked again: {silence.Message}"));
        }
    }

    private void Refused(JobArray array, ClusterRun[] runs, SlurmRefusal refusal)
    {
        if (jobs.BadNodes.Count > 0 && runs.Any(run => run.Trouble.Length > 0))
        {
            foreach (ClusterRun run in runs)
            {
                watch.Failed(run.Run, $"{run.Trouble}. sbatch refused another job without " +
                    $"{string.Join(", ", jobs.BadNodes)}: {refusal.Message}");
            }

            _waiting.RemoveAll(runs.Contains);
            return;
        }

        if (jobs.Count == 0)
        {
            throw new StudyException($"sbatch refused {Jobs(runs.Length)}: {refusal.Message}. Its script is " +
                $"{array.Script}; change the options of the command to what the cluster has.", refusal);
        }

        if (_refused?.Words != refusal.Message)
        {
            watch.Tell(new StudyEvent.Noted($"sbatch refused {Jobs(runs.Length)} more, which are tried again when " +
                $"others have ended: {refusal.Message}"));
        }

        _refused = (refusal.Message, jobs.Count);
    }

    private static string Jobs(int count) => count == 1 ? "1 job" : $"{count} jobs";
}
