using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>study</c>.</summary>
internal sealed class StudyArguments : CommandArguments
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

    public override int Operands => 1;

    public string StudyFile =>
        Required(Rest.FirstOrDefault(), "the study file", "orttrainer study FILE.json --out DIR");

    public string OutputFolder => Required(Output, "--out", "give the folder of the study");
}
