using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>doctor</c>.</summary>
internal sealed class DoctorArguments : CommandArguments
{
    [Section("Output")]
    [Option("json", HelpText = "print the findings as one JSON object")]
    public bool Json { get; set; }

    public override int Operands => 1;

    /// <summary>The file.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public string File => Rest.FirstOrDefault()
        ?? throw new UsageException("a file is needed: doctor FILE.onnx.");
}
