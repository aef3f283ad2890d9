using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>What jobs of a Slurm cluster ask for.</summary>
internal abstract class SlurmArguments : CommandArguments
{
    /// <summary>The options of this class, dashes included.</summary>
    public static readonly IReadOnlyList<string> OfSlurm =
    [
        "--partition", "--account", "--gres", "--time", "--memory", "--cpus", "--array-limit", "--queue-limit",
        "--tries", "--poll", "--sbatch-option",
    ];

    [Section("Jobs of a Slurm cluster (--engine slurm)")]
    [Option("partition", MetaValue = "P", HelpText = "partition (default: the cluster's)")]
    public string? Partition { get; set; }

    [Option("account", MetaValue = "A", HelpText = "account that pays (default: yours)")]
    public string? Account { get; set; }

    [Option("gres", MetaValue = "G", HelpText = "generic resources of a job, such as gpu:1")]
    public string? Gres { get; set; }

    [Option("time", MetaValue = "T",
        HelpText = "longest time of a job, such as 2:00:00; a run that needs more goes on in another job")]
    public string? Time { get; set; }

    [Option("memory", MetaValue = "M", HelpText = "memory of a job, such as 4G (default: the cluster's)")]
    public string? Memory { get; set; }

    [Option("cpus", MetaValue = "N", HelpText = "processors of a job, and threads of its run (default: 1)")]
    public int? Cpus { get; set; }

    [Option("array-limit", MetaValue = "N", HelpText = "jobs of an array that run at once (default: no limit)")]
    public int? ArrayLimit { get; set; }

    [Option("queue-limit", MetaValue = "N", HelpText = "jobs of the study in the queue at once (default: all)")]
    public int? QueueLimit { get; set; }

    [Option("tries", MetaValue = "N",
        HelpText = "jobs that a run gets without getting a step further before it counts as failed (default: 3)")]
    public int? Tries { get; set; }

    [Option("poll", MetaValue = "SECONDS", HelpText = "time between two looks at the queue (default: 10)")]
    public double? PollSeconds { get; set; }

    [Repeated]
    [Option("sbatch-option", MetaValue = "NAME=VALUE",
        HelpText = "another option of sbatch, such as qos=long; may be given several times")]
    public string? SbatchOption { get; set; }
}
