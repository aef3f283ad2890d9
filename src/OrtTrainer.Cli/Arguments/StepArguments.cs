using CommandLine;
using OrtTrainer.Benchmarking;
using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Graph;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Arguments;

/// <summary>Which training steps a command times.</summary>
internal abstract class StepArguments : LabelledArguments
{
    [Section("Training steps")]
    [Option("model", MetaValue = "DIR", HelpText = "pre-trained model in Hugging Face layout")]
    public string? Model { get; set; }

    [Option("train", MetaValue = "F", HelpText = "file whose examples make the batches")]
    public string? Train { get; set; }

    [Option("full-length", MetaValue = "N",
        HelpText = "instead of --train: random batches, every example N tokens long")]
    public int? FullLength { get; set; }

    [Option("batches", MetaValue = "N", HelpText = "batches to time, after as many untimed (default: 14)")]
    public int? Batches { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "examples per batch (default: 32)")]
    public int? BatchSize { get; set; }

    [Option("max-length", MetaValue = "N", HelpText = "most tokens of a text or pair (default: 128)")]
    public int? MaxLength { get; set; }

    [Option("task", MetaValue = "TASK",
        HelpText = "{tasks} (default: classification)")]
    public string? Task { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads of training steps, and of what they are compared with " +
        "(default: 2)")]
    public int? Threads { get; set; }

    [Option("no-kernels", HelpText = "run fused operators as ONNX function bodies, not as C# kernels")]
    public bool NoKernels { get; set; }

    [Option("recompute", HelpText = "compute layers again for their gradients: less memory, more time")]
    public bool Recompute { get; set; }

    [Option("precision", MetaValue = "PRECISION",
        HelpText = "products in: fp32, bf16; tf32, fp16 on cuda (default: fp32)")]
    public string? Precision { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes order, dropout and random tokens (default: 1)")]
    public long? Seed { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    /// <summary>The device that steps run on; null for the processors, which all commands have.</summary>
    protected virtual string? DeviceName => null;

    /// <summary>The options as the library takes them.</summary>
    /// <exception cref="UsageException">A value is wrong, or there is nothing to make batches of.</exception>
    public virtual StepBenchmarkOptions Steps
    {
        get
        {
            string model = ModelFolder.Require(Required(Model, "--model", "give the folder of a pre-trained model"));
            if (Train is null == FullLength is null)
            {
                throw new UsageException(
                    "give either --train F, examples to make batches of, or --full-length N, random ones.");
            }

            ModelTask task = OptionErrors.Guard(
                GetType(), () => Task is { } word ? ModelTask.Named(word) : ModelTask.Default);
            DataOptions? data = Train is { } train ? DataOf(train, task) : null;
            return OptionErrors.Guard(GetType(), () =>
            {
                StepBenchmarkOptions defaults = new() { Model = model };
                StepBenchmarkOptions steps = defaults with
                {
                    Data = data,
                    Batches = Batches ?? defaults.Batches,
                    BatchSize = BatchSize ?? defaults.BatchSize,
                    MaxLength = MaxLength ?? defaults.MaxLength,
                    FullLength = FullLength,
                    Device = DeviceName ?? defaults.Device,
                    Threads = Threads ?? defaults.Threads,
                    Kernels = !NoKernels,
                    Recompute = Recompute,
                    Precision = Words.Parse<Precision>("--precision", Precision) ?? defaults.Precision,
                    Seed = Seed ?? defaults.Seed,
                };
                steps.RequireDevice();
                return steps;
            });
        }
    }
}
