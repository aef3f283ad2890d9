using CommandLine;

namespace OrtTrainer.Cli.Arguments;

/// <summary>How files of labelled texts are read.</summary>
internal abstract class LabelledArguments : TableArguments
{
    [Option("label", MetaValue = "COL", HelpText = "column of the label (default: label)")]
    public string? LabelColumn { get; set; }

    [Option("label-separator", MetaValue = "TEXT",
        HelpText = "what stands between several labels of a row (default: |)")]
    public string? LabelSeparator { get; set; }
}
