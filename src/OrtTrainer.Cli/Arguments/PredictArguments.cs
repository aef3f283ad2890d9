using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>predict</c>.</summary>
internal sealed class PredictArguments : TableArguments
{
    /// <summary>The input that stands for standard input.</summary>
    public const string StandardInput = "-";

    [Section("Model and texts")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a fine-tuned model")]
    public string? Model { get; set; }

    [Option("adapter", MetaValue = "DIR",
        HelpText = "folder of LoRA adapters as PEFT keeps them, added to the model's weights (default: none)")]
    public string? Adapter { get; set; }

    [Option("input", MetaValue = "F|-",
        HelpText = "file of texts, or - for standard input; a line of .txt or of standard input is a text")]
    public string? Input { get; set; }

    [Option("output", MetaValue = "F", HelpText = "file for the predictions, as JSON Lines; vectors into " +
        "a file that ends in .npy (default: standard output)")]
    public string? Output { get; set; }

    [Option("overwrite", HelpText = "replace the file of --output where it is there already")]
    public bool Overwrites { get; set; }

    [Option("threshold", MetaValue = "X", HelpText = "least score of a label of a multi-label model (default: " +
        "as tuned for the model, or 0.5)")]
    public double? Threshold { get; set; }

    [Option("no-answer-threshold", MetaValue = "X",
        HelpText = "a question has no answer where that scores more than the best by more than X (default: all have " +
            "one)")]
    public double? NoAnswerThreshold { get; set; }

    [Option("max-length", MetaValue = "N", HelpText = "most tokens of a text or pair (default: the tokenizer's limit)")]
    public int? MaxLength { get; set; }

    [Option("stride", MetaValue = "N",
        HelpText = "tokens that windows of a long context share (default: 128, or half of --max-length)")]
    public int? Stride { get; set; }

    [Option("precision", MetaValue = "PRECISION",
        HelpText = "products in: fp32, bf16; tf32, fp16 on cuda (default: fp32)")]
    public string? Precision { get; set; }

    [Option("device", MetaValue = "NAME",
        HelpText = "where it runs, as orttrainer devices lists them (default: the processors)")]
    public string? Device { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a fine-tuned model");

    public string InputFile => Required(Input, "--input", "give a file of texts, or - for standard input");

    public override HubContent ModelContent => HubContent.WeightsOrGraph;
}
