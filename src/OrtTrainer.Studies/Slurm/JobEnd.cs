namespace OrtTrainer.Studies.Slurm;

/// <summary>How a job ended that did not say so itself.</summary>
/// <param name="Reason">What happened and what to do, for a person, as a sentence.</param>
/// <param name="MayPass">Whether another job may get further.</param>
/// <param name="BadNode">The node that other jobs should stay away from; null for none.</param>
internal sealed record JobEnd(string Reason, bool MayPass = true, string? BadNode = null)
{
    // 128 + SIGKILL, as a shell tells it.
    private const int Killed = 137;

    // The "signal" with which Slurm says that it could not open the file for what a job prints.
    private const int NoLog = 53;

    // What Slurm's own processes print: where they count memory themselves, and where the kernel does it.
    private static readonly string[] OfMemory = ["exceeded memory limit", "oom-kill", "oom_kill", "out-of-memory"];

    /// <summary>Explains an end.</summary>
    /// <param name="job">The job's number.</param>
    /// <param name="record">What the cluster says; null where it no longer knows.</param>
    /// <param name="log">What the job, and the cluster, printed since its last start.</param>
    /// <param name="array">The array's folder.</param>
    /// <param name="options">What the job had asked for.</param>
    public static JobEnd Of(string job, JobRecord? record, string log, string array, SlurmOptions options)
    {
        string node = record?.Node ?? "";
        string where = $"its job {job}" + (node.Length > 0 ? $" on node {node}" : "");
        string state = record?.State ?? "";
        if (record is { ExitCode: JobScript.NoFolder } or { Signal: NoLog })
        {
            return new JobEnd($"node {node} does not see, or cannot write to, {array}: the study's folder must be on " +
                "a file system that all nodes share.", BadNode: node);
        }

        if (record is { ExitCode: JobScript.NoProgram })
        {
            return new JobEnd($"node {node} does not have the program {options.Worker.Program}: it must be at this " +
                "path on all nodes.", BadNode: node);
        }

        if (state == "OUT_OF_MEMORY" || OfMemory.Any(words => log.Contains(words, StringComparison.Ordinal)))
        {
            return new JobEnd($"{where} was killed for the memory it used, with {Asked(options.Memory)} allowed: " +
                "raise --memory.", MayPass: false);
        }

        if (state is "TIMEOUT" or "DEADLINE" || log.Contains("DUE TO TIME LIMIT", StringComparison.Ordinal))
        {
            return new JobEnd($"{where} reached its time limit, {Asked(options.Time)}: raise --time.");
        }

        return new JobEnd($"{where} {Other(record)}.");
    }

    private static string Other(JobRecord? record) => record switch
    {
        null => "is gone from the queue and left no word",
        { State: "PREEMPTED" } => "was preempted",
        { State: "NODE_FAIL" or "BOOT_FAIL" } => "was lost with its node",
        { State: "CANCELLED" } => "was cancelled by somebody else",
        { ExitCode: Killed } or { Signal: 9 } => "was killed (signal 9)",
        { Signal: 0 } => $"ended as {record.State} with exit code {record.ExitCode}",
        _ => $"ended as {record.State} with signal {record.Signal}",
    };

    private static string Asked(string? value) => value ?? "the cluster's own";
}
