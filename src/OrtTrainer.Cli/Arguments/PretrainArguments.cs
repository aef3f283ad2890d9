using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>
/// The options of <c>pretrain</c> that say where its texts and options are, how they are masked and what it prints; the
/// others come from the library's option records.
/// </summary>
[RunSettings("Model and data", "Masking", "Training", "Loss", "Teacher", "Step", "Weight averaging",
    "Evaluation and checkpoints", "Execution and output")]
internal sealed class PretrainArguments : CommandArguments, IRunArguments, IMaskingArguments
{
    [Section("Model and data")]
    [Repeated(TakesMany = true)]
    [Option("train", MetaValue = "PATH", HelpText = "file or folder of texts in UTF-8 to learn from, plain, .gz, " +
        ".zst or Parquet; several, or a pattern as 'part-*.txt.gz'")]
    public string? Train { get; set; }

    [Repeated(TakesMany = true)]
    [Option("eval", MetaValue = "PATH",
        HelpText = "texts to evaluate on and choose by; documents held out of --train where absent")]
    public string? Eval { get; set; }

    [Repeated(TakesMany = true)]
    [Option("test", MetaValue = "PATH", HelpText = "texts to test on once, at the end")]
    public string? Test { get; set; }

    [Option("eval-fraction", MetaValue = "X",
        HelpText = "share of the documents to hold out where there is no --eval (default: 0.01)")]
    public double? EvalFraction { get; set; }

    [Option("config", MetaValue = "F.json",
        HelpText = "instead of --model: the configuration of a model that starts at random, with --tokenizer")]
    public string? Config { get; set; }

    [Option("tokenizer", MetaValue = "DIR",
        HelpText = "its tokenizer; both are put together in a folder named as --out with -start behind it")]
    public string? Tokenizer { get; set; }

    public bool BlankLineDocuments { get; set; }

    public bool SeparateDocuments { get; set; }

    public string? OptionsFile { get; set; }

    public string? Resume { get; set; }

    [Section("Masking")]
    public double? MaskShare { get; set; }

    public bool WholeWordMasking { get; set; }

    [Section("Execution and output")]
    public string? Distributed { get; set; }

    public string? Exchange { get; set; }

    public bool Quiet { get; set; }

    public bool Json { get; set; }
}
