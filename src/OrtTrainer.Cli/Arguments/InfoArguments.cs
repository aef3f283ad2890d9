using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>info</c>.</summary>
internal sealed class InfoArguments : CommandArguments
{
    [Section("Output")]
    [Option("json", HelpText = "print the findings as one JSON object")]
    public bool Json { get; set; }

    public override int Operands => 1;

    /// <summary>The folder.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public string Folder => Rest.FirstOrDefault() ?? throw new UsageException("a folder is needed: info DIR.");
}
