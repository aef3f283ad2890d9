using CommandLine;

namespace OrtTrainer.Cli.Arguments;

/// <summary>Where answers are written, for all commands that write them to a file.</summary>
internal interface IOutputArguments
{
    /// <summary>The file; null for none.</summary>
    public string? Output { get; set; }

    [Option("overwrite", HelpText = "replace the file of --output where it is there already")]
    public bool Overwrites { get; set; }
}
