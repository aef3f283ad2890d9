using CommandLine;
using OrtTrainer.Benchmarking;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Graph;

namespace OrtTrainer.Benchmarks;

/// <summary>The options of <c>decoder</c>.</summary>
internal sealed class DecoderArguments : CommandArguments
{
    [Section("Decoder")]
    [Option("layers", MetaValue = "N", HelpText = "layers (default: 12)")]
    public int? Layers { get; set; }

    [Option("width", MetaValue = "N", HelpText = "width, 64 to a head (default: 768)")]
    public int? Width { get; set; }

    [Option("vocabulary", MetaValue = "N", HelpText = "tokens there are (default: 50257)")]
    public int? Vocabulary { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "examples per batch (default: 8)")]
    public int? BatchSize { get; set; }

    [Option("full-length", MetaValue = "N", HelpText = "tokens of every example (default: 128)")]
    public int? FullLength { get; set; }

    [Option("batches", MetaValue = "N", HelpText = "batches to time, after as many untimed (default: 5)")]
    public int? Batches { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads of both (default: 2)")]
    public int? Threads { get; set; }

    [Option("precision", MetaValue = "PRECISION",
        HelpText = "operands of the training steps' products: fp32, bf16 (default: fp32)")]
    public string? Precision { get; set; }

    [Option("profile", HelpText = "tell where the time of the training steps goes")]
    public bool Profile { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    public DecoderSize Size => new(
        Layers ?? 12, Width ?? 768, Math.Max(1, (Width ?? 768) / 64), Vocabulary ?? 50_257, BatchSize ?? 8,
        FullLength ?? 128);

    /// <exception cref="UsageException">A value is wrong.</exception>
    public StepBenchmarkOptions Steps => OptionErrors.Guard(GetType(), () => new StepBenchmarkOptions
    {
        Model = "",
        Batches = Batches ?? 5,
        Threads = Threads ?? 2,
        Precision = Words.Parse<Precision>("--precision", Precision) ?? default,
        Profile = Profile,
    });
}
