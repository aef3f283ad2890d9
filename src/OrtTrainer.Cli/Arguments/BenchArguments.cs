using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>bench</c>.</summary>
internal sealed class BenchArguments : LabelledArguments
{
    [Section("Training steps")]
    [Option("model", MetaValue = "DIR", HelpText = "pre-trained model in Hugging Face layout")]
    public string? Model { get; set; }

    [Option("train", MetaValue = "F", HelpText = "file whose examples make the batches")]
    public string? Train { get; set; }

    [Option("full-length", MetaValue = "N",
        HelpText = "instead of --train: random batches, every example N tokens long")]
    public int? FullLength { get; set; }

    [Option("yardstick", MetaValue = "F.onnx",
        HelpText = "forward and backward graph to alternate with, on the same batches")]
    public string? Yardstick { get; set; }

    [Option("methods", MetaValue = "A,B",
        HelpText = "instead of a yardstick: steps of these losses beside plain fine-tuning")]
    public string? Methods { get; set; }

    [Option("batches", MetaValue = "N", HelpText = "batches to time, after as many untimed (default: 14)")]
    public int? Batches { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "examples per batch (default: 32)")]
    public int? BatchSize { get; set; }

    [Option("max-length", MetaValue = "N", HelpText = "most tokens of a text or pair (default: 128)")]
    public int? MaxLength { get; set; }

    [Option("task", MetaValue = "TASK",
        HelpText = "classification, multilabel or regression (default: classification)")]
    public string? Task { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads of each side (default: 2)")]
    public int? Threads { get; set; }

    [Option("no-kernels", HelpText = "run fused operators as ONNX function bodies, not as C# kernels")]
    public bool NoKernels { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes order, dropout and random tokens (default: 1)")]
    public long? Seed { get; set; }

    [Section("Tokenizers")]
    [Option("tokenizer", MetaValue = "DIR", HelpText = "instead of a model: time the tokenizer in a folder")]
    public string? Tokenizer { get; set; }

    [Option("text-file", MetaValue = "F", HelpText = "what to tokenize: UTF-8 text, every line by itself")]
    public string? TextFile { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a pre-trained model");

    public string TokenizerText => Required(TextFile, "--text-file", "give a file of UTF-8 text to tokenize");
}
