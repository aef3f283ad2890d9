using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>
/// The options of <c>finetune</c>. A property has the name of the library's option that it sets; what is not given is
/// left to <c>--options</c> and then to the library.
/// </summary>
internal sealed class FinetuneArguments : LabelledArguments
{
    [Section("Model and data")]
    [Option("model", MetaValue = "DIR",
        HelpText = "pre-trained model in Hugging Face layout; without --model and --train: the embedded one")]
    public string? Model { get; set; }

    [Option("train", MetaValue = "F", HelpText = "file to train on")]
    public string? Train { get; set; }

    [Option("eval", MetaValue = "F", HelpText = "file to evaluate on and choose by; split off --train where absent")]
    public string? Eval { get; set; }

    [Option("test", MetaValue = "F", HelpText = "file to test on once, at the end")]
    public string? Test { get; set; }

    [Option("eval-fraction", MetaValue = "X",
        HelpText = "share of --train to evaluate on where there is no --eval (default: 0.1)")]
    public double? EvalFraction { get; set; }

    [Option("task", MetaValue = "TASK",
        HelpText = "classification, multilabel or regression (default: classification)")]
    public string? Task { get; set; }

    [Option("out", MetaValue = "DIR", HelpText = "folder to export to (default: a new one in artifacts/runs)")]
    public string? Output { get; set; }

    [Option("options", MetaValue = "F.json",
        HelpText = "options from a file, named as in a run's options.json; the command line wins")]
    public string? OptionsFile { get; set; }

    [Option("resume", MetaValue = "[DIR]",
        HelpText = "go on with the interrupted run in DIR (or --out), with its options")]
    [OptionalValue]
    public string? Resume { get; set; }

    [Section("Training")]
    [Option("method", MetaValue = "METHOD", HelpText = "finetune, swa or ema (default: swa)")]
    public string? Method { get; set; }

    [Option("epochs", MetaValue = "X", HelpText = "passes over the data, fractions allowed (default: 3)")]
    public double? Epochs { get; set; }

    [Option("max-steps", MetaValue = "N", HelpText = "optimizer steps, instead of --epochs")]
    public long? MaxSteps { get; set; }

    [Option("max-seconds", MetaValue = "X", HelpText = "end training after so many seconds, as if done")]
    public double? MaxSeconds { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "examples per pass (default: 32)")]
    public int? BatchSize { get; set; }

    [Option("accumulation", MetaValue = "N", HelpText = "passes per optimizer step (default: 1)")]
    public int? Accumulation { get; set; }

    [Option("lr", MetaValue = "X", HelpText = "highest learning rate (default: 5e-5; swa: 1e-4)")]
    public double? LearningRate { get; set; }

    [Option("schedule", MetaValue = "NAME",
        HelpText = "constant, constant_with_warmup, linear, cosine, cosine_with_restarts, polynomial, inverse_sqrt")]
    public string? Schedule { get; set; }

    [Option("warmup", MetaValue = "X", HelpText = "share of the steps over which the rate rises (default: 0.06)")]
    public double? Warmup { get; set; }

    [Option("weight-decay", MetaValue = "X", HelpText = "decoupled weight decay (default: 0.01)")]
    public double? WeightDecay { get; set; }

    [Option("clip", MetaValue = "X", HelpText = "largest gradient norm let through (default: 1)")]
    public double? ClipNorm { get; set; }

    [Option("max-length", MetaValue = "N", HelpText = "most tokens of a text or pair (default: 128)")]
    public int? MaxLength { get; set; }

    [Option("dropout", MetaValue = "X", HelpText = "dropout everywhere (default: as the model's configuration says)")]
    public double? Dropout { get; set; }

    [Option("from-scratch", HelpText = "start every parameter at random")]
    public bool FromScratch { get; set; }

    [Option("layers", MetaValue = "0,2,4", HelpText = "encoder layers to keep, counted from 0")]
    public string? Layers { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes initialisation, order and dropout (default: 1)")]
    public long? Seed { get; set; }

    [Section("Weight averaging")]
    [Option("swa-start", MetaValue = "X", HelpText = "share of the steps before averaging starts (default: 0.5)")]
    public double? SwaStart { get; set; }

    [Option("swa-interval", MetaValue = "N", HelpText = "every how many steps weights are averaged (default: 1)")]
    public long? SwaInterval { get; set; }

    [Option("swa-rate", MetaValue = "NAME", HelpText = "constant, cyclical or anneal (default: constant)")]
    public string? SwaRate { get; set; }

    [Option("swa-lr", MetaValue = "X",
        HelpText = "low rate of a cycle, last rate of an anneal (default: a tenth of --lr)")]
    public double? SwaLearningRate { get; set; }

    [Option("ema-decay", MetaValue = "X", HelpText = "share of the old average kept per step (default: 0.999)")]
    public double? EmaDecay { get; set; }

    [Section("Evaluation and checkpoints")]
    [Option("metric", MetaValue = "NAME", HelpText = "what decides, such as accuracy, macro_f1, mcc, spearman")]
    public string? Metric { get; set; }

    [Option("eval-steps", MetaValue = "N", HelpText = "optimizer steps between evaluations (default: an epoch)")]
    public long? EvalSteps { get; set; }

    [Option("patience", MetaValue = "N", HelpText = "end after so many evaluations without a better score")]
    public int? Patience { get; set; }

    [Option("keep-best", HelpText = "the best live weights, not the last, are the live ones in the end")]
    public bool KeepBest { get; set; }

    [Option("checkpoint-seconds", MetaValue = "X", HelpText = "seconds between checkpoints (default: 60)")]
    public double? CheckpointSeconds { get; set; }

    [Section("Execution and output")]
    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    [Option("no-kernels", HelpText = "run fused operators as ONNX function bodies, not as C# kernels")]
    public bool NoKernels { get; set; }

    [Option("quiet", HelpText = "print the result only")]
    public bool Quiet { get; set; }

    [Option("json", HelpText = "print events as JSON Lines, nothing else")]
    public bool Json { get; set; }
}
