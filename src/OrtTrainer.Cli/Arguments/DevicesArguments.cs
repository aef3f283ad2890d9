using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>devices</c>.</summary>
internal sealed class DevicesArguments : CommandArguments
{
    [Section("Output")]
    [Option("json", HelpText = "print the findings as JSON")]
    public bool Json { get; set; }
}
