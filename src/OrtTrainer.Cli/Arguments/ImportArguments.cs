using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>import</c>.</summary>
internal sealed class ImportArguments : CommandArguments
{
    [Section("What comes in and where to")]
    [Option("out", MetaValue = "DIR", HelpText = "new folder for the model")]
    public string? Output { get; set; }

    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    public override int Operands => 1;

    public string OutputFolder => Required(Output, "--out", "give a new folder for the model");

    /// <summary>The exported file.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public string File => Rest.FirstOrDefault()
        ?? throw new UsageException("a file is needed: import FILE.onnx --out DIR.");
}
