using CommandLine;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Benchmarks;

/// <summary>The options of <c>methods</c>.</summary>
internal sealed class MethodArguments : StepArguments
{
    [Section("Methods")]
    [Option("methods", MetaValue = "A,B", HelpText = "losses whose steps are timed beside those of plain fine-tuning")]
    public string? Methods { get; set; }

    public string MethodNames => Required(Methods, "--methods", "give losses such as label-smoothing,focal");
}
