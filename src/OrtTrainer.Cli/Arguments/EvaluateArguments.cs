using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>evaluate</c>.</summary>
internal sealed class EvaluateArguments : LabelledArguments, IMaskingArguments
{
    [Section("Model and data")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a fine-tuned model")]
    public string? Model { get; set; }

    [Option("data", MetaValue = "F", HelpText = "file of labelled texts; for masked_lm, file or folder of plain texts")]
    public string? Data { get; set; }

    [Option("metric", MetaValue = "NAME", HelpText = "print this one alone; all of the task where absent")]
    public string? Metric { get; set; }

    [Option("max-length", MetaValue = "N", HelpText = "most tokens of a text or pair (default: the tokenizer's limit)")]
    public int? MaxLength { get; set; }

    [Option("stride", MetaValue = "N",
        HelpText = "tokens that windows of a long context share (default: 128, or half of --max-length)")]
    public int? Stride { get; set; }

    [Section("Masking, for masked_lm")]
    public bool BlankLineDocuments { get; set; }

    public bool SeparateDocuments { get; set; }

    public double? MaskShare { get; set; }

    public bool WholeWordMasking { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes which tokens are masked (default: 1)")]
    public long? Seed { get; set; }

    [Section("Execution and output")]
    [Option("precision", MetaValue = "PRECISION", HelpText = "operands of products: fp32, bf16 (default: fp32)")]
    public string? Precision { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    [Option("json", HelpText = "print the scores as one JSON object")]
    public bool Json { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a fine-tuned model");

    public string DataFile => Required(Data, "--data", "give a file of labelled texts, or of plain ones for masked_lm");
}
