using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>study</c>.</summary>
internal sealed class StudyArguments : SlurmArguments
{
    [Section("Study")]
    [Option("out", MetaValue = "DIR",
        HelpText = "folder of the study; one that holds the same study already goes on where it stopped")]
    public string? Output { get; set; }

    [Option("dry-run", HelpText = "list cells, runs, steps and the time expected from a few measured steps")]
    public bool DryRun { get; set; }

    [Option("report", MetaValue = "DIR", HelpText = "write tables and report of the study in DIR anew; run nothing")]
    public string? Report { get; set; }

    [Section("Execution and output")]
    [Option("engine", MetaValue = "local|slurm",
        HelpText = "processes on this machine, or jobs of a Slurm cluster (default: local)")]
    public string? Engine { get; set; }

    [Option("jobs", MetaValue = "N", HelpText = "runs side by side, each in a process of its own (default: 1)")]
    public int? Jobs { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads of all runs together (default: all processors)")]
    public int? Threads { get; set; }

    [Option("quiet", HelpText = "print nothing but where the results are")]
    public bool Quiet { get; set; }

    [Option("json", HelpText = "print events as JSON Lines, nothing else")]
    public bool Json { get; set; }

    [Option("worker", HelpText = "for the program itself: do one run, told on standard input")]
    public bool IsWorker { get; set; }

    [Option("job", MetaValue = "F", HelpText = "for jobs of a cluster: do one run, told in a file")]
    public string? Job { get; set; }

    public override int Operands => 1;

    /// <summary>Whether runs are jobs of a Slurm cluster.</summary>
    /// <exception cref="UsageException">There is no such engine, or it does not have an option given.</exception>
    public bool IsSlurm()
    {
        if (Engine is not (null or "local" or "slurm"))
        {
            throw new UsageException($"--engine is {Engine}; expected local or slurm.");
        }

        bool isSlurm = Engine == "slurm";
        string[] ofOther = isSlurm ? ["--jobs", "--threads", "--dry-run"] : [.. OfSlurm];
        if (Given.FirstOrDefault(ofOther.Contains) is { } odd)
        {
            throw new UsageException(odd switch
            {
                "--jobs" => "--jobs is for runs on this machine; --array-limit says how many jobs run at once.",
                "--threads" => "--threads is for runs on this machine; --cpus says how many processors a job has.",
                "--dry-run" => "--dry-run times steps on this machine; leave --engine slurm out.",
                _ => $"{odd} is for jobs of a cluster; add --engine slurm.",
            });
        }

        return isSlurm;
    }

    public string StudyFile =>
        Required(Rest.FirstOrDefault(), "the study file", "orttrainer study FILE.json --out DIR");

    public string OutputFolder => Required(Output, "--out", "give the folder of the study");
}
