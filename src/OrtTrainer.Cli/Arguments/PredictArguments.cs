using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>predict</c>.</summary>
internal sealed class PredictArguments : TableArguments, IDecisionArguments, IOutputArguments
{
    /// <summary>The input that stands for standard input.</summary>
    public const string StandardInput = "-";

    [Section("Model and texts")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a fine-tuned model")]
    public string? Model { get; set; }

    public string? Adapter { get; set; }

    [Option("input", MetaValue = "F|-",
        HelpText = "file of texts, or - for standard input; a line of .txt or of standard input is a text")]
    public string? Input { get; set; }

    [Option("output", MetaValue = "F", HelpText = "file for the predictions: .jsonl; .csv for the " +
        "input's columns beside them; .npy for vectors (default: standard output)")]
    public string? Output { get; set; }

    public bool Overwrites { get; set; }

    public double? Threshold { get; set; }

    public double? NoAnswerThreshold { get; set; }

    public int? MaxLength { get; set; }

    public int? Stride { get; set; }

    public string? Precision { get; set; }

    public string? Device { get; set; }

    public int? Threads { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a fine-tuned model");

    public string InputFile => Required(Input, "--input", "give a file of texts, or - for standard input");

    public override HubContent ModelContent => HubContent.WeightsOrGraph;
}
