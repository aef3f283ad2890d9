using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>lr-find</c>: those of a run, and the rates to try.</summary>
[RunSettings("Range of rates", "Model and data", "Training", "Loss", "Teacher", "Step", "Weight averaging",
    "Evaluation and checkpoints", "Execution and output")]
internal sealed class LrFindArguments : FinetuneArguments
{
    [Section("Range of rates")]
    [Option("from", MetaValue = "X", HelpText = "first rate (default: 1e-7)")]
    public double? From { get; set; }

    [Option("to", MetaValue = "X", HelpText = "last rate (default: 1)")]
    public double? To { get; set; }

    [Option("steps", MetaValue = "N", HelpText = "steps from the first rate to the last (default: 100)")]
    public int? Steps { get; set; }

    [Option("plot", MetaValue = "F.svg", HelpText = "file for the curve as a picture (default: none)")]
    public string? Plot { get; set; }
}
