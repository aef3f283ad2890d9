using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>import-checkpoint</c>.</summary>
internal sealed class ImportCheckpointArguments : CommandArguments
{
    [Section("What comes home and where to")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of the model that the device's files were made from")]
    public string? Model { get; set; }

    [Option("out", MetaValue = "DIR", HelpText = "new folder for the trained model")]
    public string? Output { get; set; }

    [Option("parameters", MetaValue = "F",
        HelpText = "values in place of the checkpoint's: a file of float32, those of all parameters in the order of "
            + "artifacts.json, as a browser gives them")]
    public string? Parameters { get; set; }

    public override int Operands => 1;

    public string ModelFolder =>
        Required(Model, "--model", "give the folder of the model that the device's files were made from");

    public string OutputFolder => Required(Output, "--out", "give a new folder for the trained model");

    /// <summary>The checkpoint.</summary>
    /// <exception cref="UsageException">None is given.</exception>
    public string Checkpoint => Rest.FirstOrDefault() ?? throw new UsageException(
        "the checkpoint is missing: import-checkpoint CHECKPOINT --model DIR --out DIR, the file that a device saved.");
}
