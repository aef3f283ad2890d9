using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>export</c>.</summary>
internal sealed class ExportArguments : LabelledArguments
{
    [Section("What and where to")]
    [Option("run", MetaValue = "DIR", HelpText = "output folder of a finished finetune: export other weights of it")]
    public string? Run { get; set; }

    [Option("weights", MetaValue = "NAME", HelpText = "of a run: live, averaged or best (default: averaged)")]
    public string? Weights { get; set; }

    [Option("model", MetaValue = "DIR", HelpText = "instead of a run: a fine-tuned model in Hugging Face layout")]
    public string? Model { get; set; }

    [Option("adapter", MetaValue = "DIR",
        HelpText = "folder of LoRA adapters as PEFT keeps them, added to the model's weights (default: none)")]
    public string? Adapter { get; set; }

    [Option("out", MetaValue = "DIR", HelpText = "new folder to export to")]
    public string? Output { get; set; }

    [Option("quantize", MetaValue = "WORD",
        HelpText = "int8 adds onnx/model_quantized.onnx: weights of 8 bits, and inputs of products rounded to 8 as "
            + "they come; a quarter of the size, faster on plain ONNX Runtime, less exact: see --eval (default: none)")]
    public string? Quantize { get; set; }

    [Option("fuse",
        HelpText = "write attention as one operator of ONNX Runtime's own, MultiHeadAttention, which it does not "
            + "find in standard ones; no other software runs the file (default: standard operators, for all)")]
    public bool Fuse { get; set; }

    [Option("eval", MetaValue = "F",
        HelpText = "file of labelled texts to score the exported graphs on, on plain ONNX Runtime")]
    public string? Eval { get; set; }

    public string OutputFolder => Required(Output, "--out", "give a new folder to export to");
}
