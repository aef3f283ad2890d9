using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>
/// The options of <c>pretrain</c> that say where its texts and options are, how they are masked and what it prints; the
/// others come from the library's option records.
/// </summary>
[RunSettings("Model and data", "Masking", "Training", "Loss", "Teacher", "Step", "Weight averaging",
    "Evaluation and checkpoints", "Execution and output")]
internal sealed class PretrainArguments : CommandArguments, IRunArguments
{
    [Section("Model and data")]
    [Option("train", MetaValue = "PATH", HelpText = "file or folder of texts in UTF-8 to learn from")]
    public string? Train { get; set; }

    [Option("eval", MetaValue = "PATH",
        HelpText = "texts to evaluate on and choose by; documents held out of --train where absent")]
    public string? Eval { get; set; }

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

    [Option("blank-line-documents", HelpText = "a document goes on to the next blank line, not to the next line")]
    public bool BlankLineDocuments { get; set; }

    [Option("separate-documents",
        HelpText = "every document is an example; otherwise they are cut from documents end to end")]
    public bool SeparateDocuments { get; set; }

    [Option("options", MetaValue = "F.json",
        HelpText = "options from a file, named as in a run's options.json; the command line wins")]
    public string? OptionsFile { get; set; }

    [Option("resume", MetaValue = "[DIR]",
        HelpText = "go on with the interrupted run in DIR (or --out), with its options")]
    [OptionalValue]
    public string? Resume { get; set; }

    [Section("Masking")]
    [Option("mask-share", MetaValue = "X", HelpText = "chance of a token to be predicted (default: 0.15)")]
    public double? MaskShare { get; set; }

    [Option("whole-word-masking", HelpText = "predict all tokens of a word together")]
    public bool WholeWordMasking { get; set; }

    [Section("Execution and output")]
    [Option("quiet", HelpText = "print the result only")]
    public bool Quiet { get; set; }

    [Option("json", HelpText = "print events as JSON Lines, nothing else")]
    public bool Json { get; set; }
}
