namespace OrtTrainer.Studies.Slurm;

/// <summary>
/// Does runs as jobs of a Slurm cluster, in arrays. This process submits, watches and collects, and alone writes the
/// study's tables; a job writes the folder of its run and a file that says how far it is. If this process ends, jobs go
/// on, and the next start finds them.
/// </summary>
internal sealed class SlurmEngine : IStudyEngine
{
    // Longer than a cluster usually gives a job between SIGTERM and SIGKILL.
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(60);

    private readonly SlurmOptions _options;
    private readonly string _study;
    private readonly SlurmCommands _commands;

    /// <param name="options">What jobs ask the cluster for.</param>
    /// <param name="study">Full path of the study's folder.</param>
    /// <exception cref="StudyException">The commands of a cluster are not here, or cannot take the folder.</exception>
    public SlurmEngine(SlurmOptions options, string study)
    {
        if (study.AsSpan().ContainsAny("\"\\\r\n"))
        {
            throw new StudyException($"{study}: sbatch takes no folder whose name has a double quote, a backslash or " +
                "a line break. Choose another --out.");
        }

        (_options, _study, _commands) = (options, study, new SlurmCommands(options.Commands));
        _commands.Require();
    }

    public string? Title => "Slurm";

    public int Jobs => 1;

    public int Threads => _options.Cpus;

    public async Task RunAsync(IReadOnlyList<PlannedRun> runs, IRunWatch watch, CancellationToken cancellation)
    {
        if (runs.Count == 0)
        {
            return;
        }

        JobArrays arrays = new(_study);
        JobWatch jobs = new(_options, _commands, watch);
        JobSubmission submission = new(_options, _commands, arrays, jobs, watch);
        try
        {
            await submission.BeginAsync(runs);
            while (submission.Waiting + jobs.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                await submission.SubmitAsync();
                submission.Add(await jobs.LookAsync(submission.Waiting));
                if (submission.Waiting + jobs.Count > 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds(_options.PollSeconds), cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await CancelAsync(arrays.Read(), watch);
            throw;
        }
    }

    /// <summary>Cancels all jobs of the study, and waits until those on nodes have saved a checkpoint.</summary>
    private async Task CancelAsync(IReadOnlyList<JobArray> arrays, IRunWatch watch)
    {
        try
        {
            for (DateTime end = DateTime.UtcNow + CancelPatience; ; await Task.Delay(TimeSpan.FromSeconds(1)))
            {
                IReadOnlyList<QueuedJob> queue = arrays.Count == 0 ? [] : await _commands.QueueAsync(arrays);
                string[] alive = [.. queue.Where(job => !job.IsOver).Select(job => job.ArrayId).Distinct()];
                if (alive.Length == 0)
                {
                    return;
                }

                // Again and again: an array that was being taken in may have had no jobs before.
                string refusal = await _commands.CancelAsync(alive);
                if (DateTime.UtcNow > end)
                {
                    watch.Tell(new StudyEvent.Noted($"jobs {string.Join(", ", alive)} are still in the queue after " +
                        $"scancel{(refusal.Length > 0 ? $", which says: {refusal}" : "")}."));
                    return;
                }
            }
        }
        catch (SlurmRefusal silent)
        {
            IEnumerable<string> ids = arrays.Select(array => array.Id).OfType<string>();
            watch.Tell(new StudyEvent.Noted("the jobs of this study could not be cancelled and may run on: " +
                $"{silent.Message}. End them with scancel {string.Join(' ', ids)}."));
        }
    }
}
