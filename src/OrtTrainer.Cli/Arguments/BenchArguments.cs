using CommandLine;
using OrtTrainer.Benchmarking;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Runtime;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>bench</c>.</summary>
internal sealed class BenchArguments : StepArguments
{
    [Section("Training steps")]
    [Option("profile", HelpText = "profile as many steps again, and tell where their time goes")]
    public bool Profile { get; set; }

    [Option("device", MetaValue = "NAME",
        HelpText = "where steps run, as orttrainer devices lists them (default: the processors)")]
    public string? Device { get; set; }

    [Option("cuda-graphs", MetaValue = "MODE",
        HelpText = "on a CUDA device, play passes back as CUDA graphs: off, auto, on (default: off)")]
    public string? CudaGraphs { get; set; }

    [Section("Tokenizers")]
    [Option("tokenizer", MetaValue = "DIR", HelpText = "instead of a model: time the tokenizer in a folder")]
    public string? Tokenizer { get; set; }

    [Option("text-file", MetaValue = "F", HelpText = "what to tokenize: UTF-8 text, every line by itself")]
    public string? TextFile { get; set; }

    /// <inheritdoc/>
    public override StepBenchmarkOptions Steps
    {
        get
        {
            StepBenchmarkOptions steps = base.Steps with
            {
                Profile = Profile,
                CudaGraphs = Words.Parse<RecordingMode>("--cuda-graphs", CudaGraphs) ?? RecordingMode.Off,
            };
            return OptionErrors.Guard(GetType(), () =>
            {
                steps.RequireDevice();
                return steps;
            });
        }
    }

    /// <inheritdoc/>
    protected override string? DeviceName => Device;

    public string TokenizerText => Required(TextFile, "--text-file", "give a file of UTF-8 text to tokenize");
}
