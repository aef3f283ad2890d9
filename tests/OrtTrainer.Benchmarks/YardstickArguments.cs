using CommandLine;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Benchmarks;

/// <summary>The options of <c>yardstick</c>.</summary>
internal sealed class YardstickArguments : StepArguments
{
    [Section("Yardstick")]
    [Option("yardstick", MetaValue = "F.onnx",
        HelpText = "forward and backward graph to alternate with, on the same batches")]
    public string? Yardstick { get; set; }

    public string YardstickFile =>
        Required(Yardstick, "--yardstick", "give the graph that training steps are held against");
}
