using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>devices</c>.</summary>
internal sealed class DevicesArguments : CommandArguments
{
    [Section("Check")]
    [Option("check", MetaValue = "NAME",
        HelpText = "instead of a list: compute updates of weights on a device and on the processors, and compare")]
    public string? Check { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the findings as JSON")]
    public bool Json { get; set; }
}
