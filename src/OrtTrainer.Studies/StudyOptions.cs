using OrtTrainer.Common;
using OrtTrainer.Studies.Slurm;

namespace OrtTrainer.Studies;

/// <summary>What is run, where to, and on how much of the machine.</summary>
public sealed record StudyOptions
{
    /// <summary>The study file.</summary>
    public required string File { get; init; }

    /// <summary>The study's folder. One that holds the same study already goes on.</summary>
    public required string Output { get; init; }

    /// <summary>
    /// Runs side by side, 1 or more, each in a process of its own; more than 1 needs a <see cref="Worker"/>.
    /// </summary>
    public int Jobs { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 1;

    /// <summary>Threads of all runs together, 1 or more; null for all processors.</summary>
    public int? Threads { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>How to start a process that runs <see cref="StudyWorker"/>; null for runs inside this one.</summary>
    public WorkerCommand? Worker { get; init; }

    /// <summary>
    /// Does the runs as jobs of Slurm in place of processes on this machine, which then only watches; null for this
    /// machine.
    /// </summary>
    public SlurmOptions? Slurm { get; init; }

    /// <summary>Threads of each run: the share of the jobs, at least one.</summary>
    public int ThreadsPerJob => Math.Max(1, (Threads ?? Environment.ProcessorCount) / Jobs);
}
