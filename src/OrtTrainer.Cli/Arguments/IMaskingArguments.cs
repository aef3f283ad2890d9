using CommandLine;

namespace OrtTrainer.Cli.Arguments;

/// <summary>How texts become examples with masked tokens, for all commands that do that.</summary>
internal interface IMaskingArguments
{
    [Option("blank-line-documents", HelpText = "a document goes on to the next blank line, not to the next line")]
    public bool BlankLineDocuments { get; set; }

    [Option("separate-documents",
        HelpText = "every document is an example; otherwise they are cut from documents end to end")]
    public bool SeparateDocuments { get; set; }

    [Option("mask-share", MetaValue = "X", HelpText = "chance of a token to be predicted (default: 0.15)")]
    public double? MaskShare { get; set; }

    [Option("whole-word-masking", HelpText = "predict all tokens of a word together")]
    public bool WholeWordMasking { get; set; }
}
