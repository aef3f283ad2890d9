using System.Text.Json;
using OrtTrainer.Common;

namespace OrtTrainer.Studies.Slurm;

/// <summary>How far a job is with its run, in a file that it replaces as a whole.</summary>
internal sealed record JobState
{
    /// <summary>The job's number in the cluster; empty where it was started by hand.</summary>
    public required string Job { get; init; }

    /// <summary>The node it runs on.</summary>
    public required string Node { get; init; }

    /// <summary>How often the cluster has put this job back into the queue.</summary>
    public int Restarts { get; init; }

    public required JobPhase Phase { get; init; }

    /// <summary>Optimizer steps done; null before the first.</summary>
    public long? Step { get; init; }

    /// <summary>Optimizer steps in all; beside <see cref="Step"/>.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>What the run noted, in order.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Why the run failed; null where it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether another job may do what this one failed to.</summary>
    public bool MayPass { get; init; }

    /// <summary>Reads a state; null where there is none, or none that this version wrote.</summary>
    public static JobState? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<JobState>(File.ReadAllText(file), RunJson.Options);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Write(string file) => AtomicFile.WriteText(file, JsonSerializer.Serialize(this, RunJson.Options));
}
