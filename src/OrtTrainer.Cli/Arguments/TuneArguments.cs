using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>
/// The options of <c>tune</c>. Those of a run are what all trials share, and are not varied; with a file it says all of
/// that.
/// </summary>
[RunSettings("Search", "Model and data", "Training", "Loss", "Teacher", "Step", "Weight averaging",
    "Evaluation and checkpoints", "Execution and output")]
internal sealed class TuneArguments : LabelledArguments
{
    private static readonly string[] BesideFile =
        ["--minutes", "--trials", "--jobs", "--out", "--threads", "--quiet", "--json", "--verbose"];

    [Section("Search")]
    [Option("minutes", MetaValue = "N", HelpText = "minutes for all of it; no trial begins that cannot end in them")]
    public double? Minutes { get; set; }

    [Option("trials", MetaValue = "N", HelpText = "most trials to begin, the defaults included (default: no limit)")]
    public int? Trials { get; set; }

    [Option("jobs", MetaValue = "N", HelpText = "trials side by side, each in a process of its own (default: 1)")]
    public int? Jobs { get; set; }

    [Section("Model and data")]
    [Option("train", MetaValue = "F", HelpText = "file to train on")]
    public string? Train { get; set; }

    [Option("eval", MetaValue = "F", HelpText = "file to choose settings by; split off --train where absent")]
    public string? Eval { get; set; }

    [Option("test", MetaValue = "F",
        HelpText = "file to score once, at the end, with the best settings and the defaults")]
    public string? Test { get; set; }

    [Option("eval-fraction", MetaValue = "X",
        HelpText = "share of --train to choose by where there is no --eval (default: 0.1)")]
    public double? EvalFraction { get; set; }

    [Option("task", MetaValue = "TASK", HelpText = "{tasks} (default: classification)")]
    public string? Task { get; set; }

    [Section("Execution and output")]
    [Option("quiet", HelpText = "print nothing but the verdict")]
    public bool Quiet { get; set; }

    [Option("json", HelpText = "print events as JSON Lines, nothing else")]
    public bool Json { get; set; }

    [Option("worker", HelpText = "for the program itself: do one trial, told on standard input")]
    public bool IsWorker { get; set; }

    public override int Operands => 1;

    /// <summary>The file that says what to search; null where the command line does.</summary>
    /// <exception cref="UsageException">There is one, and options that it says beside it.</exception>
    public string? File => Rest.FirstOrDefault() is not { } file ? null
        : Given.FirstOrDefault(option => !BesideFile.Contains(option)) is { } odd
            ? throw new UsageException($"{odd} stands in the file: under defaults, seed or metric. Leave it out.")
            : file;

    public double Time => Minutes ?? throw new UsageException("--minutes is missing: how long may it take?");
}
