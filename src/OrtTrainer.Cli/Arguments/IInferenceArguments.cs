using CommandLine;

namespace OrtTrainer.Cli.Arguments;

/// <summary>How a model that answers is opened, for all commands that open one.</summary>
internal interface IInferenceArguments
{
    [Option("adapter", MetaValue = "DIR",
        HelpText = "folder of LoRA adapters as PEFT keeps them, added to the model's weights (default: none)")]
    public string? Adapter { get; set; }

    [Option("precision", MetaValue = "PRECISION",
        HelpText = "products in: fp32, bf16; tf32, fp16 on cuda (default: fp32)")]
    public string? Precision { get; set; }

    [Option("device", MetaValue = "NAME",
        HelpText = "where it runs, as orttrainer devices lists them (default: the processors)")]
    public string? Device { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }
}
