using System.Globalization;

namespace OrtTrainer.Studies.Slurm;

/// <summary>A job of an array, as squeue has it.</summary>
/// <param name="ArrayId">The array's number.</param>
/// <param name="Run">Its own number in the array: that of its run.</param>
/// <param name="State">Slurm's word, such as PENDING.</param>
/// <param name="Reason">Why it waits, or ended, in Slurm's word.</param>
/// <param name="JobName">The name of the array's jobs.</param>
internal sealed record QueuedJob(string ArrayId, int Run, string State, string Reason, string JobName)
{
    /// <summary>What squeue is to print of a job.</summary>
    public const string Format = "%F|%K|%T|%j|%r";

    private static readonly HashSet<string> Ended =
    [
        "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
        "REVOKED", "TIMEOUT",
    ];

    /// <summary>As commands want it.</summary>
    public string Id => $"{ArrayId}_{Run}";

    /// <summary>Whether it is on a node.</summary>
    public bool IsRunning =>
        State is "RUNNING" or "COMPLETING" or "SUSPENDED" or "STOPPED" or "SIGNALING" or "STAGE_OUT";

    /// <summary>Whether nothing more comes of it. A state that this program does not know is none of an end.</summary>
    public bool IsOver => Ended.Contains(State);

    /// <summary>Reads a line of squeue; null for one that is none of a job of an array.</summary>
    public static QueuedJob? Parse(string line) =>
        line.Trim().Split('|', 5) is [string array, string run, string state, string name, string reason]
        && int.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? new QueuedJob(array, number, state, reason, name)
            : null;
}
