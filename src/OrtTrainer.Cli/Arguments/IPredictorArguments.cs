using CommandLine;

namespace OrtTrainer.Cli.Arguments;

/// <summary>How a fine-tuned model reads texts, for all commands that let one predict.</summary>
internal interface IPredictorArguments : IInferenceArguments
{
    [Option("max-length", MetaValue = "N", HelpText = "most tokens of a text or pair (default: the tokenizer's limit)")]
    public int? MaxLength { get; set; }

    [Option("stride", MetaValue = "N",
        HelpText = "tokens that windows of a long context share (default: 128, or half of --max-length)")]
    public int? Stride { get; set; }
}
