using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>download</c>.</summary>
internal sealed class DownloadArguments : CommandArguments
{
    [Section("What to download")]
    [Option("onnx", HelpText = "ONNX graphs, too; without it only where a model has no safetensors")]
    public bool Onnx { get; set; }

    [Option("tokenizer-only", HelpText = "configuration and tokenizer alone, no weights")]
    public bool TokenizerOnly { get; set; }

    [Section("Output")]
    [Option("quiet", HelpText = "print nothing but the folder")]
    public bool Quiet { get; set; }

    [Option("json", HelpText = "print folder and commit as one JSON object")]
    public bool Json { get; set; }

    public override int Operands => 1;

    /// <summary>The model's word.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public string Model => Rest.FirstOrDefault()
        ?? throw new UsageException("a model is needed: download hf:owner/name.");
}
