using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>evaluate</c>.</summary>
internal sealed class EvaluateArguments :
    LabelledArguments, IPredictorArguments, IMaskingArguments, IGenerationArguments, IOutputArguments
{
    [Section("Model and data")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a fine-tuned model")]
    public string? Model { get; set; }

    public string? Adapter { get; set; }

    [Option("data", MetaValue = "F", HelpText = "file of labelled texts; for masked_lm, file or folder of plain texts")]
    public string? Data { get; set; }

    [Option("metric", MetaValue = "NAME", HelpText = "print this one alone; all of the task where absent")]
    public string? Metric { get; set; }

    public int? MaxLength { get; set; }

    public int? Stride { get; set; }

    [Section("Calibration")]
    [Option("calibrate", HelpText = "fit a temperature on --data, which predict applies; kept in the model's folder")]
    public bool Calibrate { get; set; }

    [Option("tune-thresholds", HelpText = "multi-label: tune each label's threshold to the greatest F1 on --data and " +
        "keep it in the model's folder")]
    public bool TuneThresholds { get; set; }

    [Section("Masking, for masked_lm")]
    public bool BlankLineDocuments { get; set; }

    public bool SeparateDocuments { get; set; }

    public double? MaskShare { get; set; }

    public bool WholeWordMasking { get; set; }

    [Option("seed", MetaValue = "N",
        HelpText = "fixes which tokens are masked (default: 1), or what is drawn (default: 0)")]
    public long? Seed { get; set; }

    [Section("Writing, for causal_lm and seq2seq")]
    [Option("generate", HelpText = "let the model write, and score that with BLEU, chrF and ROUGE too")]
    public bool Generate { get; set; }

    [Option("limit", MetaValue = "N", HelpText = "score the first N examples alone (default: all)")]
    public int? Limit { get; set; }

    [Option("output", MetaValue = "F", HelpText = "file for what is written, as JSON Lines (default: none)")]
    public string? Output { get; set; }

    public bool Overwrites { get; set; }

    public int? MaxNewTokens { get; set; }

    public int? MinNewTokens { get; set; }

    public string? StopStrings { get; set; }

    public bool Samples { get; set; }

    public double? Temperature { get; set; }

    public int? TopK { get; set; }

    public double? TopP { get; set; }

    public double? MinP { get; set; }

    public double? RepetitionPenalty { get; set; }

    public int? Beams { get; set; }

    public double? LengthPenalty { get; set; }

    public bool StopsEarly { get; set; }

    public int? BatchSize { get; set; }

    [Section("Execution and output")]
    public string? Precision { get; set; }

    public string? Device { get; set; }

    public int? Threads { get; set; }

    [Option("json", HelpText = "print the scores as one JSON object")]
    public bool Json { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a fine-tuned model");

    public string DataFile => Required(Data, "--data", "give a file of labelled texts, or of plain ones for masked_lm");

    public override HubContent ModelContent => HubContent.WeightsOrGraph;
}
