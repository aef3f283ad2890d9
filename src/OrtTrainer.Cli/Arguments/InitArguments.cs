using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>init</c>.</summary>
internal sealed class InitArguments : LabelledArguments
{
    [Section("Data and model")]
    [Option("model", MetaValue = "DIR", HelpText = "model to train, whose tokens texts are counted in (default: none)")]
    public string? Model { get; set; }

    [Option("eval", MetaValue = "F", HelpText = "file to evaluate on (default: a part of DATA)")]
    public string? Eval { get; set; }

    [Option("test", MetaValue = "F", HelpText = "file to test on once, at the end (default: none)")]
    public string? Test { get; set; }

    [Option("task", MetaValue = "TASK", HelpText = "{tasks} (default: by the look of the labels)")]
    public string? Task { get; set; }

    [Section("Output")]
    [Option("out", MetaValue = "F.json",
        HelpText = "file to write, which must not be there yet (default: options.json)")]
    public string? Output { get; set; }

    public override int Operands => 1;

    /// <summary>The file to train on.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public string Data => Rest.FirstOrDefault()
        ?? throw new UsageException("a file is needed: init DATA [--model DIR] [--out options.json].");
}
